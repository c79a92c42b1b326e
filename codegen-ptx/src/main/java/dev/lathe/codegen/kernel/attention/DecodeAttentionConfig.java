package dev.lathe.codegen.kernel.attention;

/// Tuning parameters of decode attention.
///
/// @param warps of a block, each with keys of its own
/// @param splits blocks that share the keys of one sequence and KV head
/// @param stages tiles of keys that each warp has room for
/// @param cluster true if the splits are a cluster of blocks, which merges by itself; else a second
///     kernel merges them
public record DecodeAttentionConfig(int warps, int splits, int stages, boolean cluster) {
  public DecodeAttentionConfig {
    if (warps < 1 || warps > 16 || splits < 1 || splits > 32 || stages < 2) {
      throw new IllegalArgumentException(warps + " warps, " + splits + " splits, " + stages);
    }
    if (cluster && (splits < 2 || splits > 8)) {
      throw new IllegalArgumentException("a cluster of " + splits);
    }
  }

  /// Warps that share the keys of one sequence and KV head.
  int workers() {
    return warps * splits;
  }

  /// True if a second kernel merges the splits.
  boolean needsMergeKernel() {
    return splits > 1 && !cluster;
  }
}
