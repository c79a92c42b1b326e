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
/// long one to a block, in which each thread has one vector of the row as a rule. What a thread has
/// read stays in its registers, unless it is too much; weights are read before the predecessor is
/// done.
final class NormBody {
  private static final int WARP_WIDTH = 512;
  private static final int WARPS = 4;

  /// Elements that a thread keeps at most.
  private static final int MAX_KEPT = 16;

  /// @param weightOffset added to each weight
  /// @param add true: `sum = in + residual` comes first
  record Problem(FloatFormat format, int width, float epsilon, float weightOffset, boolean add) {

    /// Threads of a block.
    int threads() {
      return isShort() ? WARPS * 32 : StridedVectors.threadsFor(width, vector());
    }

    /// Rows of a block.
    int rowsPerBlock() {
      return isShort() ? WARPS : 1;
    }

    private boolean isShort() {
      return width <= WARP_WIDTH;
    }

    private int vector() {
      return StridedVectors.vectorFor(width, format);
    }
  }

  private final KernelBuilder k;
  private final Problem problem;
  private final StridedVectors vectors;
  private final int vector;
  private final boolean keeps;
  private final B64 in;
  private final B64 residual;
  private final B64 sum;
  private final B64 weight;
  private final B64 out;
  private final B32 rows;

  NormBody(KernelBuilder k, Problem problem) {
    this.k = k;
    this.problem = problem;
    this.vector = problem.vector();
    this.vectors =
        new StridedVectors(problem.width, vector, problem.isShort() ? 32 : problem.threads());
    this.keeps = vectors.rounds() * vector <= MAX_KEPT;
    this.in = k.pointer("in");
    this.residual = problem.add ? k.pointer("residual") : in;
    this.sum = problem.add ? k.pointer("sum") : in;
    this.weight = k.pointer("weight");
    this.out = k.pointer("out");
    this.rows = k.size("rows");
  }

  void emit() {
    k.startSuccessor();
    B32 thread = problem.isShort() ? k.laneIndex() : k.threadIndex();
    B32 row = problem.isShort() ? k.mad(k.blockX(), WARPS, k.warpIndex()) : k.blockX();
    B32 first = k.constant(0);
    List<List<F32>> weights = keeps ? loadAll(weight, first, thread) : List.of();
    k.waitForPredecessor();
    k.exitIf(k.ge(row, rows));
    F32 squares = k.constant(0f);
    k.comment("sum of squares");
    List<List<F32>> kept = keeps ? loadAll(in, row, thread) : List.of();
    List<List<F32>> added = keeps && problem.add ? loadAll(residual, row, thread) : List.of();
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = keeps ? kept.get(round) : load(in, row, element);
          if (problem.add) {
            add(x, keeps ? added.get(round) : load(residual, row, element));
            store(sum, row, element, x);
          }
          x.forEach(value -> k.fmaTo(squares, value, value));
        });
    F32 mean = k.mul(total(squares), 1f / problem.width);
    F32 scale = k.reciprocal(k.sqrt(k.add(mean, problem.epsilon)));
    k.comment("scale");
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = keeps ? kept.get(round) : load(sum, row, element);
          List<F32> w = keeps ? weights.get(round) : load(weight, first, element);
          List<F32> scaled = new ArrayList<>();
          for (int i = 0; i < vector; i++) {
            scaled.add(k.mul(k.mul(x.get(i), scale), gain(w.get(i))));
          }
          store(out, row, element, scaled);
        });
  }

  private F32 gain(F32 weight) {
    return problem.weightOffset == 0 ? weight : k.add(weight, problem.weightOffset);
  }

  private F32 total(F32 value) {
    return problem.isShort()
        ? BlockReduction.warpSum(k, value)
        : new BlockReduction(k).lastSum(value);
  }

  /// A thread's elements of a row, by round; zeros past its end.
  private List<List<F32>> loadAll(B64 base, B32 row, B32 thread) {
    List<List<F32>> loaded = new ArrayList<>();
    for (int round = 0; round < vectors.rounds(); round++) {
      loaded.add(k.newF32s(vector));
      if (vectors.isPartial(round)) {
        loaded.getLast().forEach(value -> k.assign(value, 0f));
      }
    }
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> values = load(base, row, element);
          for (int i = 0; i < vector; i++) {
            k.assign(loaded.get(round).get(i), values.get(i));
          }
        });
    return loaded;
  }

  /// `x = x + residual`, rounded.
  private void add(List<F32> x, List<F32> residual) {
    for (int i = 0; i < vector; i++) {
      k.assign(x.get(i), problem.format.round(k, k.add(x.get(i), residual.get(i))));
    }
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
