package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import dev.lathe.codegen.tile.UnaryFunctions;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.ArrayList;
import java.util.List;

/// Emits a function of the elements of rows, one block a row.
///
/// The arguments of the function are neighbours in memory or not: `left` at the start of a row of
/// one matrix, `right` in another matrix or further along the same row.
final class ElementBody {
  /// What is computed.
  sealed interface Function {

    /// `f(left)`.
    record Of(UnaryKind kind, float parameter) implements Function {}

    /// `f(left, right)`, each in a matrix of its own.
    record OfTwo(BinaryKind kind) implements Function {}

    /// `silu(left) * right`, both in one row: `[left, right]`.
    record SwiGlu() implements Function {}
  }

  /// @param format of the arguments
  /// @param outFormat of the result
  /// @param width elements of a row of the result
  record Problem(Function function, FloatFormat format, FloatFormat outFormat, int width) {

    /// Threads of a block, which belongs to a row.
    int threads() {
      return StridedVectors.threadsFor(width, vector());
    }

    private int vector() {
      return StridedVectors.vectorFor(width, format, outFormat);
    }
  }

  private final KernelBuilder k;
  private final Problem problem;
  private final int vector;
  private final B64 left;
  private final B64 right;
  private final B64 out;

  ElementBody(KernelBuilder k, Problem problem) {
    this.k = k;
    this.problem = problem;
    this.vector = problem.vector();
    B64 in = k.pointer("left");
    int rowBytes = problem.width * problem.format.bytes();
    boolean merged = problem.function instanceof Function.SwiGlu;
    this.left = k.madWide(k.blockX(), merged ? 2 * rowBytes : rowBytes, in);
    this.right =
        switch (problem.function) {
          case Function.Of _ -> left;
          case Function.OfTwo _ -> k.madWide(k.blockX(), rowBytes, k.pointer("right"));
          case Function.SwiGlu _ -> k.add(left, rowBytes);
        };
    int outBytes = problem.width * problem.outFormat.bytes();
    this.out = k.madWide(k.blockX(), outBytes, k.pointer("out"));
  }

  void emit() {
    new StridedVectors(problem.width, vector, k.threads())
        .each(
            k,
            k.threadIndex(),
            (round, element) -> {
              List<F32> x = load(left, element);
              List<F32> y = problem.function instanceof Function.Of ? x : load(right, element);
              List<F32> results = new ArrayList<>();
              for (int i = 0; i < vector; i++) {
                results.add(apply(x.get(i), y.get(i)));
              }
              B64 address = k.madWide(element, problem.outFormat.bytes(), out);
              problem.outFormat.store(k, k.at(address), results);
            });
  }

  private F32 apply(F32 x, F32 y) {
    return switch (problem.function) {
      case Function.Of(UnaryKind kind, float c) -> UnaryFunctions.apply(k, kind, c, x);
      case Function.OfTwo(BinaryKind kind) ->
          switch (kind) {
            case ADD -> k.add(x, y);
            case MULTIPLY -> k.mul(x, y);
          };
      case Function.SwiGlu() -> k.mul(k.silu(x), y);
    };
  }

  private List<F32> load(B64 row, B32 element) {
    B64 address = k.madWide(element, problem.format.bytes(), row);
    return problem.format.load(k, k.at(address), vector);
  }
}
