package dev.lathe.frontend.layout;

import dev.lathe.engine.weight.TensorSource;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.TensorLookup;
import java.util.Arrays;
import java.util.Optional;

/// Compares the values of tensors, a block of rows at a time.
public record TensorComparison(TensorSource source, TensorLookup tensors) {
  private static final long ROWS = 64;

  /// True if the checkpoint has both tensors, with one type, one shape and the same bytes.
  public boolean areEqual(String first, String second) {
    Optional<TensorLookup.Found> type = tensors.find(first);
    if (type.isEmpty() || !type.equals(tensors.find(second)) || type.get().shape().isEmpty()) {
      return false;
    }
    var evaluator = new WeightEvaluator(source);
    long rows = type.get().shape().getFirst();
    for (long row = 0; row < rows; row += ROWS) {
      long end = Math.min(rows, row + ROWS);
      if (!Arrays.equals(bytes(evaluator, first, row, end), bytes(evaluator, second, row, end))) {
        return false;
      }
    }
    return true;
  }

  private byte[] bytes(WeightEvaluator evaluator, String tensor, long begin, long end) {
    return evaluator.bytes(new WeightExpr.Slice(tensors.source(tensor), 0, begin, end));
  }
}
