package dev.lathe.codegen.kernel.attention;

/// Tuning parameters of decode attention.
///
/// @param warps of a block
/// @param splits blocks that share the keys of one sequence and KV head; more than 1 need a second
///     kernel that merges them
public record DecodeAttentionConfig(int warps, int splits) {
  public DecodeAttentionConfig {
    if (warps < 1 || warps > 16 || splits < 1 || splits > 32) {
      throw new IllegalArgumentException(warps + " warps, " + splits + " splits");
    }
  }
}
