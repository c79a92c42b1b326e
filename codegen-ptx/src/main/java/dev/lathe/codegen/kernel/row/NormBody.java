package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import java.util.ArrayList;
import java.util.List;

/// Emits RMSNorm of rows, with or without the addition before it. A short row belongs to a warp, a
/// long one to a block; rows are read a second time rather than kept in registers.
final class NormBody {
  private static final int WARP_WIDTH = 512;
  private static final int WARPS = 4;
  private static final int BLOCK_THREADS = 256;

  /// @param add true: `sum = in + residual` comes first
  record Problem(FloatFormat format, int width, float epsilon, boolean add) {

    /// Threads of a block.
    int threads() {
      return isShort() ? WARPS * 32 : BLOCK_THREADS;
    }

    /// Rows of a block.
    int rowsPerBlock() {
      return isShort() ? WARPS : 1;
    }

    private boolean isShort() {
      return width <= WARP_WIDTH;
    }
  }

  private final KernelBuilder k;
  private final Problem problem;
  private final StridedVectors vectors;
  private final int vector;
  private final B64 in;
  private final B64 residual;
  private final B64 sum;
  private final B64 weight;
  private final B64 out;
  private final B32 rows;

  NormBody(KernelBuilder k, Problem problem) {
    this.k = k;
    this.problem = problem;
    this.vector = StridedVectors.vectorFor(problem.width, problem.format);
    this.vectors =
        new StridedVectors(problem.width, vector, problem.isShort() ? 32 : BLOCK_THREADS);
    this.in = k.pointer("in");
    this.residual = problem.add ? k.pointer("residual") : in;
    this.sum = problem.add ? k.pointer("sum") : in;
    this.weight = k.pointer("weight");
    this.out = k.pointer("out");
    this.rows = k.size("rows");
  }

  void emit() {
    B32 thread = problem.isShort() ? k.laneIndex() : k.threadIndex();
    B32 row = problem.isShort() ? k.mad(k.blockX(), WARPS, k.warpIndex()) : k.blockX();
    k.exitIf(k.ge(row, rows));
    F32 squares = k.constant(0f);
    k.comment("sum of squares");
    vectors.each(
        k, thread, (round, element) -> summed(row, element).forEach(x -> k.fmaTo(squares, x, x)));
    F32 mean = k.mul(total(squares), 1f / problem.width);
    F32 scale = k.reciprocal(k.sqrt(k.add(mean, problem.epsilon)));
    k.comment("scale");
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = load(sum, row, element);
          List<F32> w = load(weight, k.constant(0), element);
          List<F32> scaled = new ArrayList<>();
          for (int i = 0; i < vector; i++) {
            scaled.add(k.mul(k.mul(x.get(i), scale), w.get(i)));
          }
          store(out, row, element, scaled);
        });
  }

  private F32 total(F32 value) {
    return problem.isShort() ? BlockReduction.warpSum(k, value) : new BlockReduction(k).sum(value);
  }

  /// The elements that are normalised; where there is an addition, it is done, rounded and stored.
  private List<F32> summed(B32 row, B32 element) {
    List<F32> x = load(in, row, element);
    if (!problem.add) {
      return x;
    }
    List<F32> r = load(residual, row, element);
    List<F32> sums = new ArrayList<>();
    for (int i = 0; i < vector; i++) {
      sums.add(problem.format.round(k, k.add(x.get(i), r.get(i))));
    }
    store(sum, row, element, sums);
    return sums;
  }

  private List<F32> load(B64 base, B32 row, B32 element) {
    return problem.format.load(k, k.at(address(base, row, element)), vector);
  }

  private void store(B64 base, B32 row, B32 element, List<F32> values) {
    problem.format.store(k, k.at(address(base, row, element)), values);
  }

  private B64 address(B64 base, B32 row, B32 element) {
    int bytes = problem.format.bytes();
    return k.madWide(element, bytes, k.madWide(row, problem.width * bytes, base));
  }
}
