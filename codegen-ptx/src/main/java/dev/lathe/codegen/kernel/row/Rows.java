package dev.lathe.codegen.kernel.row;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.passes.select.StepContext.Operand;

/// Shapes of operands that are rows of elements.
final class Rows {
  private Rows() {}

  /// Count of rows: all dimensions but the last.
  static SizeExpr count(Operand operand) {
    return operand.shape().subList(0, operand.shape().size() - 1).stream()
        .reduce(SizeExpr::times)
        .orElse(SizeExpr.of(1));
  }

  /// Elements of a row: the last dimension, a constant.
  static int width(Operand operand) {
    return Math.toIntExact(operand.shape().getLast().evaluate(new Sizes(0, 0, 0)));
  }
}
