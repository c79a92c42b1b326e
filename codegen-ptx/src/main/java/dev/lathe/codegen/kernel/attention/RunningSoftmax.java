package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;

/// The running softmax of a lane's two rows of an m16 tile, and what it weighs so far. Scores are
/// exponents of two.
final class RunningSoftmax {
  private final KernelBuilder k;
  private final List<F32> greatest = new ArrayList<>();
  private final List<F32> totals = new ArrayList<>();
  private final List<F32> sums = new ArrayList<>();

  /// @param columns of the values, a multiple of 8
  RunningSoftmax(KernelBuilder k, int columns) {
    this.k = k;
    for (int row = 0; row < 2; row++) {
      greatest.add(k.constant(Float.NEGATIVE_INFINITY));
      totals.add(k.constant(0f));
    }
    for (int i = 0; i < columns / 2; i++) {
      sums.add(k.constant(0f));
    }
  }

  /// Weighted sums of values: C fragments, 4 elements for each 8 columns.
  List<F32> sums() {
    return sums;
  }

  /// Turns scores, C fragments, into weights, and rescales what was summed so far.
  void update(List<F32> scores) {
    for (int row = 0; row < 2; row++) {
      updateRow(row, scores);
    }
  }

  private void updateRow(int row, List<F32> scores) {
    F32 top = k.copy(greatest.get(row));
    for (int i = 2 * row; i < scores.size(); i += 4) {
      k.maxTo(top, scores.get(i));
      k.maxTo(top, scores.get(i + 1));
    }
    k.maxTo(top, k.shuffleXor(top, 1));
    k.maxTo(top, k.shuffleXor(top, 2));
    F32 base = k.select(k.eq(top, Float.NEGATIVE_INFINITY), k.constant(0f), top);
    F32 rescale = k.exp2(k.sub(greatest.get(row), base));
    k.assign(greatest.get(row), top);
    k.mulTo(totals.get(row), rescale);
    for (int i = 2 * row; i < scores.size(); i += 4) {
      for (int j = i; j < i + 2; j++) {
        k.assign(scores.get(j), k.exp2(k.sub(scores.get(j), base)));
        k.addTo(totals.get(row), scores.get(j));
      }
    }
    for (int i = 2 * row; i < sums.size(); i += 4) {
      k.mulTo(sums.get(i), rescale);
      k.mulTo(sums.get(i + 1), rescale);
    }
  }

  /// What turns the sums of a row into its result: 0 where there were no keys. To be called once
  /// for each row.
  F32 normaliser(int row) {
    F32 total = k.copy(totals.get(row));
    k.addTo(total, k.shuffleXor(total, 1));
    k.addTo(total, k.shuffleXor(total, 2));
    return k.select(k.gt(total, 0f), k.reciprocal(total), 0f);
  }
}
