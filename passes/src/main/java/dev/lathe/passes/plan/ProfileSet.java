package dev.lathe.passes.plan;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import java.util.ArrayList;
import java.util.List;

/// The profiles of an engine: kinds of batches for which kernels are chosen apart.
public final class ProfileSet {
  /// Greatest counts of rows up to which other kernels pay: few rows are bound by reading weights.
  private static final List<Long> DECODE_BUCKETS = List.of(8L, 16L, 64L);

  private ProfileSet() {}

  /// Decode profiles by size, then the mixed one; the runtime takes the first that fits. All decode
  /// profiles but the last are named for their rows: `decode.8`, `decode.16`, `decode`, `mixed`.
  public static List<Profile> of(Manifest.Limits limits) {
    long most = Math.min(limits.maxBatchSize(), limits.maxTokens());
    List<Profile> profiles = new ArrayList<>();
    for (long rows : DECODE_BUCKETS) {
      if (rows < most) {
        profiles.add(decode("decode." + rows, rows));
      }
    }
    profiles.add(decode("decode", most));
    long logitRows = limits.contextLogits() ? limits.maxTokens() : most;
    Sizes mixed = new Sizes(limits.maxTokens(), most, logitRows);
    profiles.add(new Profile("mixed", Profile.Kind.MIXED, mixed));
    return List.copyOf(profiles);
  }

  private static Profile decode(String name, long rows) {
    return new Profile(name, Profile.Kind.DECODE, new Sizes(rows, rows, rows));
  }
}
