package dev.lathe.ir;

/// How a layer attends.
///
/// @param scale factor of the products of queries and keys, usually `1 / sqrt(headDim)`
/// @param window keys that a query sees, its own included; 0: all
public record AttentionSpec(Heads heads, float scale, int window) {

  /// Attention to all keys, scaled by `1 / sqrt(headDim)`.
  public static AttentionSpec full(Heads heads) {
    return new AttentionSpec(heads, (float) (1 / Math.sqrt(heads.headDim())), 0);
  }
}
