package dev.lathe.passes.plan;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import java.util.ArrayList;
import java.util.List;

/// The profiles of an engine: sizes of batches for which kernels are chosen apart.
public final class ProfileSet {
  /// Greatest counts of sequences of a decode step up to which other kernels pay. Up to 256 they
  /// are bound by reading weights, and the tile that wastes least differs from each to the next.
  private static final List<Long> DECODE_BUCKETS = List.of(1L, 8L, 16L, 32L, 64L, 128L, 256L, 512L);

  /// Greatest counts of tokens of a step with prompts up to which other kernels pay: a short prompt
  /// alone leaves most of the GPU idle under kernels made for thousands of tokens.
  private static final List<Long> MIXED_BUCKETS = List.of(128L, 512L, 2048L);

  private ProfileSet() {}

  /// Decode profiles by size, then mixed ones; the runtime takes the first that fits. All but the
  /// last of a kind are named for their size: `decode.8`, `decode`, `mixed.128`, `mixed`.
  ///
  /// @param buckets false for a target without kernels: one profile of each kind is enough
  public static List<Profile> of(Manifest.Limits limits, boolean buckets) {
    long most = Math.min(limits.maxBatchSize(), limits.maxTokens());
    List<Profile> profiles = new ArrayList<>();
    for (long rows : buckets ? DECODE_BUCKETS : List.<Long>of()) {
      if (rows < most) {
        profiles.add(decode("decode." + rows, rows));
      }
    }
    profiles.add(decode("decode", most));
    for (long tokens : buckets ? MIXED_BUCKETS : List.<Long>of()) {
      if (tokens < limits.maxTokens()) {
        profiles.add(mixed("mixed." + tokens, tokens, limits));
      }
    }
    profiles.add(mixed("mixed", limits.maxTokens(), limits));
    return List.copyOf(profiles);
  }

  private static Profile decode(String name, long rows) {
    return new Profile(name, Profile.Kind.DECODE, new Sizes(rows, rows, rows));
  }

  private static Profile mixed(String name, long tokens, Manifest.Limits limits) {
    long sequences = Math.min(limits.maxBatchSize(), tokens);
    long rows = limits.contextLogits() ? tokens : sequences;
    return new Profile(name, Profile.Kind.MIXED, new Sizes(tokens, sequences, rows));
  }
}
