package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// The running softmax of a thread's two rows, 8 apart, in registers: scores of one tile of keys,
/// their weights as a factor of the next product, and the weighted sums of values. Layout:
/// `dev.lathe.codegen.tile.WgmmaFragment`; registers 4 j + 2 h and 4 j + 2 h + 1 are of row h.
final class WeightedSums {
  private static final int ROWS = 2;

  /// A maximum is kept until a score's weight would be more than two to the power of this: the sums
  /// seldom have to shrink then, and float32 holds far more.
  private static final float SLACK = 8;

  private final KernelBuilder k;
  private final AttentionProblem problem;

  /// What turns a score into an exponent of two.
  private final float factor;

  private final List<F32> scores = new ArrayList<>();
  private final List<B32> weights = new ArrayList<>();
  private final List<F32> sums = new ArrayList<>();
  private final List<F32> greatest = new ArrayList<>();
  private final List<F32> totals = new ArrayList<>();

  /// Totals of the rows before those whose scores are weighed.
  private final List<F32> finished = new ArrayList<>();

  private final List<F32> rescales = new ArrayList<>();

  /// Whether a row of the warp has a new maximum.
  private final B32 grown;

  WeightedSums(KernelBuilder k, AttentionProblem problem, int keys) {
    this.k = k;
    this.grown = k.constant(0);
    this.problem = problem;
    this.factor = ScoreRows.areProducts(problem.scores()) ? problem.exponentScale() : 1;
    for (int i = 0; i < keys / 2; i++) {
      scores.add(k.constant(0f));
    }
    for (int i = 0; i < keys / 4; i++) {
      weights.add(k.constant(0));
    }
    for (int i = 0; i < problem.headDim() / 2; i++) {
      sums.add(k.constant(0f));
    }
    for (int row = 0; row < ROWS; row++) {
      greatest.add(k.constant(0f));
      totals.add(k.constant(0f));
      finished.add(k.constant(0f));
      rescales.add(k.constant(0f));
    }
  }

  /// Begins to weigh scores of new rows, whose sums begin with [#clear]. Until then, sums are those
  /// of the rows before.
  void beginRows() {
    for (int row = 0; row < ROWS; row++) {
      k.assign(finished.get(row), totals.get(row));
      k.assign(greatest.get(row), Float.NEGATIVE_INFINITY);
      k.assign(totals.get(row), 0f);
    }
  }

  /// Begins new sums.
  void clear() {
    sums.forEach(sum -> k.assign(sum, 0f));
  }

  /// Scores of the tile: 4 registers for each 8 keys.
  List<F32> scores() {
    return scores;
  }

  /// Weights of 16 keys from `16 step` on, as the first factor of a product.
  List<B32> weights(int step) {
    return weights.subList(4 * step, 4 * step + 4);
  }

  /// Sums of the columns of a span of the values.
  List<F32> sums(HeadPanels.Span span) {
    int first = span.first().column() / 2;
    return sums.subList(first, first + span.columns() / 2);
  }

  /// Turns scores into weights, not yet packed, and remembers by how much older sums shrink.
  void update() {
    Pred grows = update(0);
    k.assign(grown, k.select(k.anyLane(k.or(grows, update(1))), 1, 0));
  }

  /// Whether the row has a new maximum.
  private Pred update(int row) {
    F32 before = greatest.get(row);
    F32 top = greatest(row);
    Pred grows = k.gt(top, k.add(before, SLACK / factor));
    F32 kept = k.select(grows, top, before);
    F32 base = k.select(k.eq(kept, Float.NEGATIVE_INFINITY), k.constant(0f), kept);
    F32 shift = k.mul(base, -factor);
    k.assign(rescales.get(row), k.select(grows, k.exp2(exponent(before, shift)), 1f));
    k.assign(before, kept);
    F32 total = weigh(row, shift);
    k.emit("fma.rn.f32", totals.get(row), totals.get(row), rescales.get(row), total);
    return grows;
  }

  /// True, but the assembler cannot know before all scores are weighed: an instruction under it
  /// that may not change places with a wait keeps the weighing before that wait.
  Pred isWeighed() {
    Pred first = k.pred("setp.geu.f32", totals.get(0), Operand.imm(0f));
    return k.pred("setp.geu.and.f32", totals.get(1), Operand.imm(0f), first);
  }

  private F32 exponent(F32 score, F32 shift) {
    return k.fma(score, factor, shift);
  }

  /// The greatest score of a row so far, of all four lanes that hold it.
  private F32 greatest(int row) {
    F32 even = k.copy(greatest.get(row));
    F32 odd = k.copy(scores.get(2 * row + 1));
    for (int i = 2 * row; i < scores.size(); i += 4) {
      k.maxTo(even, scores.get(i));
      k.maxTo(odd, scores.get(i + 1));
    }
    F32 top = k.max(even, odd);
    k.maxTo(top, k.shuffleXor(top, 1));
    k.maxTo(top, k.shuffleXor(top, 2));
    return top;
  }

  /// Weighs a row's scores; the sum of this lane's weights.
  private F32 weigh(int row, F32 shift) {
    F32 even = k.constant(0f);
    F32 odd = k.constant(0f);
    for (int i = 2 * row; i < scores.size(); i += 4) {
      for (int j = 0; j < 2; j++) {
        F32 score = scores.get(i + j);
        k.assign(score, k.exp2(exponent(score, shift)));
        k.addTo(j == 0 ? even : odd, score);
      }
    }
    return k.add(even, odd);
  }

  /// Shrinks the sums to the newest maximum, if any row of the warp has one.
  void rescale() {
    k.ifThen(
        k.ne(grown, 0),
        () -> {
          for (int i = 0; i < sums.size(); i++) {
            k.mulTo(sums.get(i), rescales.get((i >> 1) & 1));
          }
        });
  }

  /// Rounds the weights to the factors of the next product.
  void pack() {
    String type = problem.halfType() == HalfType.F16 ? "f16x2" : "bf16x2";
    for (int i = 0; i < weights.size(); i++) {
      k.emit("cvt.rn." + type + ".f32", weights.get(i), scores.get(2 * i + 1), scores.get(2 * i));
    }
  }

  /// The results of the rows before the newest: sums over totals, or 0 where no key was seen.
  List<F32> results() {
    List<F32> inverse = new ArrayList<>();
    for (F32 mine : finished) {
      F32 total = k.copy(mine);
      k.addTo(total, k.shuffleXor(total, 1));
      k.addTo(total, k.shuffleXor(total, 2));
      inverse.add(k.select(k.gt(total, 0f), k.reciprocal(total), 0f));
    }
    List<F32> results = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      results.add(k.mul(sums.get(i), inverse.get((i >> 1) & 1)));
    }
    return results;
  }
}
