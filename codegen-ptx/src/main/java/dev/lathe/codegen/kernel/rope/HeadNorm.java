package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.kernel.rope.RopeAppendProblem.NormSpan;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.StridedVectors;
import java.util.ArrayList;
import java.util.List;

/// Root mean square norms of a warp's heads: over each head, or over all heads of their kind.
///
/// @param index of the warp's first head among those of all tokens
record HeadNorm(
    KernelBuilder k, RopeAppendProblem problem, HeadChunks chunks, B64 qkv, B32 index, B32 lane) {

  /// The queries or the keys of a token.
  ///
  /// @param head of this warp among them, its first
  /// @param heads count of them
  record Part(NormSpan span, B64 weights, B32 head, int heads) {}

  List<List<F32>> apply(List<List<F32>> heads, Part part) {
    return switch (part.span) {
      case NONE -> heads;
      case EACH_HEAD -> {
        List<F32> w = gains(part.weights);
        yield heads.stream().map(x -> scaled(x, scale(squares(x), problem.headDim()), w)).toList();
      }
      case ALL_HEADS -> {
        F32 scale = scale(squaresOfAll(part), part.heads * problem.headDim());
        List<List<F32>> normed = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
          B64 weights = k.madWide(k.add(part.head, i), problem.headBytes(), part.weights);
          normed.add(scaled(heads.get(i), scale, gains(weights)));
        }
        yield normed;
      }
    };
  }

  /// The reciprocal of the root of the mean of `count` squares, of which each lane has a part.
  private F32 scale(F32 squares, int count) {
    F32 mean = k.mul(BlockReduction.warpSum(k, squares), 1f / count);
    return k.reciprocal(k.sqrt(k.add(mean, problem.epsilon())));
  }

  private List<F32> gains(B64 weights) {
    float offset = problem.weightOffset();
    List<F32> w = chunks.load(weights);
    return offset == 0 ? w : w.stream().map(gain -> k.add(gain, offset)).toList();
  }

  private List<F32> scaled(List<F32> x, F32 scale, List<F32> gains) {
    List<F32> scaled = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      scaled.add(k.mul(k.mul(x.get(i), scale), gains.get(i)));
    }
    return scaled;
  }

  private F32 squares(List<F32> x) {
    F32 squares = k.constant(0f);
    x.forEach(value -> k.fmaTo(squares, value, value));
    return squares;
  }

  /// A lane's part of the sum over all heads of the part: every warp of a token reads them again.
  private F32 squaresOfAll(Part part) {
    int vector = StridedVectors.vectorFor(problem.headDim(), problem.format());
    B64 first = k.madWide(k.sub(index, part.head), problem.headBytes(), qkv);
    F32 squares = k.constant(0f);
    k.forRange(
        k.mul(lane, vector),
        part.heads * problem.headDim(),
        HeadChunks.LANES * vector,
        element -> {
          B64 address = k.madWide(element, problem.format().bytes(), first);
          List<F32> values = problem.format().load(k, k.at(address), vector);
          values.forEach(value -> k.fmaTo(squares, value, value));
        });
    return squares;
  }
}
