package dev.lathe.passes.plan;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The profiles of an engine: sizes of batches for which kernels are chosen apart.
public final class ProfileSet {
  /// Greatest counts of sequences of a decode step up to which other kernels pay. Up to 256 they
  /// are bound by reading weights, and the tile that wastes least differs from each to the next.
  private static final List<Long> DECODE_BUCKETS = List.of(1L, 8L, 16L, 32L, 64L, 128L, 256L, 512L);

  /// Greatest counts of tokens of a step with prompts up to which other kernels pay: a short prompt
  /// alone leaves most of the GPU idle under kernels made for thousands of tokens.
  private static final List<Long> MIXED_BUCKETS = List.of(128L, 512L, 2048L);

  /// Sequences of a decode step from which writing and reading logits takes time: below, kernels
  /// that stream weights are the quickest, and those give logits.
  private static final long MANY_LOGITS = 32;

  private ProfileSet() {}

  /// Decode profiles by size, before each its greedy one, then mixed ones; the runtime takes the
  /// first that fits. All but the last of a kind are named for their size: `decode.8`, `greedy.64`,
  /// `decode.64`, `greedy`, `decode`, `mixed.128`, `mixed`.
  ///
  /// @param buckets false for a target without kernels: one profile of each kind is enough
  /// @param greedy which of the greedy profiles there are
  public static List<Profile> of(
      Manifest.Limits limits, boolean buckets, Predicate<Profile> greedy) {
    long most = Math.min(limits.maxBatchSize(), limits.maxTokens());
    List<Profile> profiles = new ArrayList<>();
    for (long rows : buckets ? DECODE_BUCKETS : List.<Long>of()) {
      if (rows < most) {
        addDecode(profiles, "." + rows, rows, greedy);
      }
    }
    addDecode(profiles, "", most, greedy);
    for (long tokens : buckets ? MIXED_BUCKETS : List.<Long>of()) {
      if (tokens < limits.maxTokens()) {
        profiles.add(mixed("mixed." + tokens, tokens, limits));
      }
    }
    profiles.add(mixed("mixed", limits.maxTokens(), limits));
    return List.copyOf(profiles);
  }

  private static void addDecode(
      List<Profile> profiles, String suffix, long rows, Predicate<Profile> greedy) {
    Sizes max = new Sizes(rows, rows, rows);
    Profile withoutLogits = new Profile("greedy" + suffix, Profile.Kind.DECODE, max, true);
    if (rows >= MANY_LOGITS && greedy.test(withoutLogits)) {
      profiles.add(withoutLogits);
    }
    profiles.add(new Profile("decode" + suffix, Profile.Kind.DECODE, max));
  }

  private static Profile mixed(String name, long tokens, Manifest.Limits limits) {
    long sequences = Math.min(limits.maxBatchSize(), tokens);
    long rows = limits.contextLogits() ? tokens : sequences;
    return new Profile(name, Profile.Kind.MIXED, new Sizes(tokens, sequences, rows));
  }
}
