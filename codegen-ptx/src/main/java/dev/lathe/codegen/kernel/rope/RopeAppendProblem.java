package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.stream.IntStream;

/// The split of a merged projection as its kernel sees it.
///
/// @param rotaryDim elements of a head that rotate, even; 0: none
/// @param interleaved pairs are neighbours
record RopeAppendProblem(
    FloatFormat format,
    Heads heads,
    int rotaryDim,
    boolean interleaved,
    NormSpan queryNorm,
    NormSpan keyNorm,
    float epsilon,
    float weightOffset,
    int tokensPerBlock) {

  /// What is normalised at once.
  enum NormSpan {
    NONE,
    EACH_HEAD,
    /// All query heads, or all key heads, of a token.
    ALL_HEADS
  }

  /// Heads of queries, keys and values.
  int allHeads() {
    return heads.query() + 2 * heads.keyValue();
  }

  /// Neighbouring heads of one part that a warp holds at the same time: more loads are under way,
  /// and angles are read once for all of them.
  int headsOfWarp() {
    return IntStream.of(4, 2)
        .filter(count -> heads.query() % count == 0 && heads.keyValue() % count == 0)
        .findFirst()
        .orElse(1);
  }

  int headDim() {
    return heads.headDim();
  }

  int headBytes() {
    return headDim() * format.bytes();
  }
}
