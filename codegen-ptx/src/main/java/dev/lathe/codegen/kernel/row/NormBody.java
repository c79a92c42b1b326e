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

/// Emits norms of rows, with or without the addition before them. A short row belongs to a warp, a
/// long one to a block, in which each thread has one vector of the row as a rule. What a thread has
/// read stays in its registers, unless it is too much; weights are read before the predecessor is
/// done.
final class NormBody {
  private static final int WARP_WIDTH = 512;
  private static final int WARPS = 4;

  /// Elements that a thread keeps at most.
  private static final int MAX_KEPT = 16;

  /// @param weightOffset added to each weight
  /// @param centred true: the mean of a row is subtracted first, as a layer norm does
  /// @param bias true: a bias is added at the end
  /// @param add true: `sum = in + residual` comes first
  record Problem(
      FloatFormat format,
      int width,
      float epsilon,
      float weightOffset,
      boolean centred,
      boolean bias,
      boolean add) {

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
  private final B64 bias;
  private final B64 out;
  private final B32 rows;
  private final List<BlockReduction> reductions;

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
    this.bias = problem.bias ? k.pointer("bias") : weight;
    this.out = k.pointer("out");
    this.rows = k.size("rows");
    this.reductions = problem.isShort() ? List.of() : List.of(new BlockReduction(k));
  }

  void emit() {
    k.startSuccessor();
    B32 thread = problem.isShort() ? k.laneIndex() : k.threadIndex();
    B32 row = problem.isShort() ? k.mad(k.blockX(), WARPS, k.warpIndex()) : k.blockX();
    B32 first = k.constant(0);
    List<List<F32>> weights = keeps ? loadAll(weight, first, thread) : List.of();
    List<List<F32>> biases = keeps && problem.bias ? loadAll(bias, first, thread) : List.of();
    k.waitForPredecessor();
    k.exitIf(k.ge(row, rows));
    List<List<F32>> kept = keeps ? loadAll(in, row, thread) : List.of();
    F32 moment = k.mul(total(added(row, thread, kept), !problem.centred), 1f / problem.width);
    F32 variance = problem.centred ? variance(row, thread, kept, moment) : moment;
    F32 scale = k.reciprocal(k.sqrt(k.add(variance, problem.epsilon)));
    k.comment("scale");
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = keeps ? kept.get(round) : load(sum, row, element);
          List<F32> w = keeps ? weights.get(round) : load(weight, first, element);
          List<F32> scaled = new ArrayList<>();
          for (int i = 0; i < vector; i++) {
            F32 centred = problem.centred ? k.sub(x.get(i), moment) : x.get(i);
            scaled.add(k.mul(k.mul(centred, scale), gain(w.get(i))));
          }
          if (problem.bias) {
            List<F32> b = keeps ? biases.get(round) : load(bias, first, element);
            for (int i = 0; i < vector; i++) {
              k.addTo(scaled.get(i), b.get(i));
            }
          }
          store(out, row, element, scaled);
        });
  }

  /// Adds and stores the sum, where there is an addition; a thread's part of the sum of squares, or
  /// of elements if the mean is subtracted.
  private F32 added(B32 row, B32 thread, List<List<F32>> kept) {
    F32 part = k.constant(0f);
    k.comment(problem.centred ? "sum of elements" : "sum of squares");
    List<List<F32>> others = keeps && problem.add ? loadAll(residual, row, thread) : List.of();
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = keeps ? kept.get(round) : load(in, row, element);
          if (problem.add) {
            add(x, keeps ? others.get(round) : load(residual, row, element));
            store(sum, row, element, x);
          }
          x.forEach(value -> {
            if (problem.centred) {
              k.addTo(part, value);
            } else {
              k.fmaTo(part, value, value);
            }
          });
        });
    return part;
  }

  /// The mean of the squares of the differences from the mean.
  private F32 variance(B32 row, B32 thread, List<List<F32>> kept, F32 mean) {
    F32 squares = k.constant(0f);
    k.comment("sum of squares");
    vectors.each(
        k,
        thread,
        (round, element) -> {
          List<F32> x = keeps ? kept.get(round) : load(sum, row, element);
          x.forEach(value -> {
            F32 difference = k.sub(value, mean);
            k.fmaTo(squares, difference, difference);
          });
        });
    return k.mul(total(squares, true), 1f / problem.width);
  }

  private F32 gain(F32 weight) {
    return problem.weightOffset == 0 ? weight : k.add(weight, problem.weightOffset);
  }

  /// The sum over the threads of a row.
  ///
  /// @param last true if there is no other sum after it
  private F32 total(F32 part, boolean last) {
    if (problem.isShort()) {
      return BlockReduction.warpSum(k, part);
    }
    BlockReduction reduction = reductions.getFirst();
    return last ? reduction.lastSum(part) : reduction.sum(part);
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
