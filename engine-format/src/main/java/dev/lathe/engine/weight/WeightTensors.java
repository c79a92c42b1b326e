package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.function.Function;

/// Other expressions in the place of an expression's checkpoint tensors.
public final class WeightTensors {
  private WeightTensors() {}

  /// The expression with each tensor replaced.
  ///
  /// @param replacement for each name, an expression of the same type as the tensor
  public static WeightExpr replace(
      WeightExpr expr, Function<String, ? extends WeightExpr> replacement) {
    return switch (expr) {
      case WeightExpr.Tensor(String name) -> replacement.apply(name);
      case WeightExpr.Concat(int axis, List<WeightExpr> parts) ->
          new WeightExpr.Concat(
              axis, parts.stream().map(part -> replace(part, replacement)).toList());
      case WeightExpr.Slice(WeightExpr source, int axis, long begin, long end) ->
          new WeightExpr.Slice(replace(source, replacement), axis, begin, end);
      case WeightExpr.Transpose(WeightExpr source) ->
          new WeightExpr.Transpose(replace(source, replacement));
      case WeightExpr.Reshape(WeightExpr source, List<Long> shape) ->
          new WeightExpr.Reshape(replace(source, replacement), shape);
      case WeightExpr.Interleave(WeightExpr first, WeightExpr second, int rows) ->
          new WeightExpr.Interleave(
              replace(first, replacement), replace(second, replacement), rows);
      case WeightExpr.Cast(WeightExpr source, DType to) ->
          new WeightExpr.Cast(replace(source, replacement), to);
      case WeightExpr.Scale(WeightExpr source, double factor) ->
          new WeightExpr.Scale(replace(source, replacement), factor);
      case WeightExpr.Shift(WeightExpr source, double addend) ->
          new WeightExpr.Shift(replace(source, replacement), addend);
      case WeightExpr.Fill _, WeightExpr.Numbers _ -> expr;
      case WeightExpr.Random _, WeightExpr.RotaryTable _ -> expr;
    };
  }
}
