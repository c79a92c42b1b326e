package dev.lathe.ir;

import java.util.Optional;

/// How a layer attends.
///
/// @param scale factor of the products of queries and keys, usually `1 / sqrt(headDim)`
/// @param window keys that a query sees, its own included; 0: all
/// @param softCap bound of the scores, see [AttentionOp.PagedAttention]; 0: none
/// @param slopes `(heads.query)` f32: what a score loses with each position of distance
/// @param causal false: a query sees all keys of its sequence
public record AttentionSpec(
    Heads heads, float scale, int window, float softCap, Optional<Value> slopes, boolean causal) {

  /// Causal attention to all keys, scaled by `1 / sqrt(headDim)`.
  public static AttentionSpec full(Heads heads) {
    float scale = (float) (1 / Math.sqrt(heads.headDim()));
    return new AttentionSpec(heads, scale, 0, 0, Optional.empty(), true);
  }

  public AttentionSpec withScale(double factor) {
    return new AttentionSpec(heads, (float) factor, window, softCap, slopes, causal);
  }

  public AttentionSpec withWindow(int keys) {
    return new AttentionSpec(heads, scale, keys, softCap, slopes, causal);
  }

  public AttentionSpec withSoftCap(double cap) {
    return new AttentionSpec(heads, scale, window, (float) cap, slopes, causal);
  }

  public AttentionSpec withSlopes(Value perHead) {
    return new AttentionSpec(heads, scale, window, softCap, Optional.of(perHead), causal);
  }

  /// To the keys after a query, too.
  public AttentionSpec inBothDirections() {
    return new AttentionSpec(heads, scale, window, softCap, slopes, false);
  }
}
