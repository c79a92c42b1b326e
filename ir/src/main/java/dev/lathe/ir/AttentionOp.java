package dev.lathe.ir;

import java.util.Optional;

/// Attention over the paged KV cache and what leads to it.
public sealed interface AttentionOp extends Op {

  /// Rotary embedding of the first `rotaryDim` elements of each head of `headDim` elements, with
  /// `rotaryDim` = columns of the table: row p of the table has the cosines, then the sines, of
  /// position p. Not interleaved: element i pairs with i + rotaryDim/2; interleaved: 2i with 2i +
  /// 1. Result: type of in. Source: Su et al., RoFormer, 2021.
  ///
  /// C1: in is a matrix of a float dtype, its columns a multiple of headDim. C2: positions are
  /// `(n)` i32. C3: table is `(P, rotaryDim)` f32, rotaryDim even and at most headDim.
  record Rope(Value in, Value positions, Value table, int headDim, boolean interleaved)
      implements AttentionOp, Op.RowWise {}

  /// Stores the step's keys and values in the cache, each token at its slot. Results: the new
  /// states of keyCache and valueCache.
  ///
  /// C1: key and value have one type, `(T, kvHeads * headDim)` of a float dtype. C2: keyCache and
  /// valueCache have one type, `(K, kvHeads, headDim)`, with as many elements a token as a key.
  record KvAppend(Value key, Value value, Value keyCache, Value valueCache)
      implements AttentionOp {}

  /// Attention of the step's tokens over the cache, the step's own keys included. If causal, a
  /// query at position p sees the keys of its sequence at max(0, p - window + 1) .. p; window 0:
  /// all up to p. If not, it sees all keys of its sequence. `softmax(score) v`; query head h reads
  /// KV head h / (query heads / KV heads). The score of query p and key j is `scale * q k^T`, of
  /// which `softCap * tanh(score / softCap)` is taken unless softCap is 0; then
  /// `slopes[h] * (j - p)` is added where there are slopes (Press, Smith and Lewis, Train Short,
  /// Test Long, 2022). Result: type of query.
  ///
  /// C1: query is `(T, heads.query * headDim)` of a float dtype. C2: keyCache and valueCache have
  /// one type, `(K, heads.keyValue, headDim)`. C3: window is at least 0, and 0 if not causal. C4:
  /// slopes are `(heads.query)` f32. C5: softCap is at least 0.
  record PagedAttention(
      Value query,
      Value keyCache,
      Value valueCache,
      Optional<Value> slopes,
      Heads heads,
      float scale,
      int window,
      @Default("0.0") float softCap,
      @Default("true") boolean causal)
      implements AttentionOp {}

  /// From `qkv = [q heads, k heads, v heads]`: normalises q and k where norm weights are given (as
  /// [NormOp.RmsNorm], in groups of as many elements as the weight has), rotates q and k where a
  /// table is given (as [Rope]), appends k and v to the cache. Results: query
  /// `(T, heads.query * headDim)`, new keyCache, new valueCache.
  ///
  /// C1: qkv is `(T, heads.qkvColumns)` of a float dtype. C2: positions are `(T)` i32. C3: table is
  /// as for rope. C4: norm weights are `(headDim)`, or have an element for each column of q, or of
  /// k, and the dtype of qkv. C5: keyCache and valueCache have one type, `(K, heads.keyValue,
  /// headDim)`.
  record RopeKvAppend(
      Value qkv,
      Value positions,
      Optional<Value> table,
      Optional<Value> queryNorm,
      Optional<Value> keyNorm,
      Value keyCache,
      Value valueCache,
      Heads heads,
      float epsilon,
      boolean interleaved,
      @Default("0.0") float weightOffset)
      implements AttentionOp {}
}
