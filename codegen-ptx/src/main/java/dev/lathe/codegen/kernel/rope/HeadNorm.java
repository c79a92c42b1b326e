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

/// Root mean square norms of a warp's head: over the head, or over all heads of its kind.
///
/// @param index of the warp's head among those of all tokens
record HeadNorm(
    KernelBuilder k, RopeAppendProblem problem, HeadChunks chunks, B64 qkv, B32 index, B32 lane) {

  /// The queries or the keys of a token.
  ///
  /// @param head of this warp among them
  /// @param heads count of them
  record Part(NormSpan span, B64 weights, B32 head, int heads) {}

  List<F32> apply(List<F32> x, Part part) {
    if (part.span == NormSpan.NONE) {
      return x;
    }
    boolean all = part.span == NormSpan.ALL_HEADS;
    F32 squares = all ? squaresOfAll(part) : squares(x);
    int count = all ? part.heads * problem.headDim() : problem.headDim();
    F32 mean = k.mul(BlockReduction.warpSum(k, squares), 1f / count);
    F32 scale = k.reciprocal(k.sqrt(k.add(mean, problem.epsilon())));
    B64 weights = all ? k.madWide(part.head, problem.headBytes(), part.weights) : part.weights;
    List<F32> normed = new ArrayList<>();
    List<F32> w = chunks.load(weights);
    for (int i = 0; i < x.size(); i++) {
      float offset = problem.weightOffset();
      F32 gain = offset == 0 ? w.get(i) : k.add(w.get(i), offset);
      normed.add(k.mul(k.mul(x.get(i), scale), gain));
    }
    return normed;
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
