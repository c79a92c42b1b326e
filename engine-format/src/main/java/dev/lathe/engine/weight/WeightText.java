package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.stream.Collectors;

/// A short text of a weight expression for people: `concat(0, q_proj.weight, k_proj.weight)`.
public final class WeightText {
  private WeightText() {}

  /// The text of an expression, on one line.
  public static String of(WeightExpr expr) {
    return switch (expr) {
      case WeightExpr.Tensor(String name) -> name;
      case WeightExpr.Concat(int axis, List<WeightExpr> parts) ->
          parts.stream()
              .map(WeightText::of)
              .collect(Collectors.joining(", ", "concat(" + axis + ", ", ")"));
      case WeightExpr.Slice(WeightExpr source, int axis, long begin, long end) ->
          "slice(" + axis + ", " + begin + ":" + end + ", " + of(source) + ")";
      case WeightExpr.Transpose(WeightExpr source) -> "transpose(" + of(source) + ")";
      case WeightExpr.Reshape(WeightExpr source, List<Long> shape) ->
          "reshape(" + shape + ", " + of(source) + ")";
      case WeightExpr.Interleave(WeightExpr first, WeightExpr second, int rows) ->
          "interleave(" + rows + ", " + of(first) + ", " + of(second) + ")";
      case WeightExpr.Cast(WeightExpr source, DType to) -> to.text() + "(" + of(source) + ")";
      case WeightExpr.Scale(WeightExpr source, double factor) -> of(source) + " * " + factor;
      case WeightExpr.Shift(WeightExpr source, double addend) ->
          "(" + of(source) + " + " + addend + ")";
      case WeightExpr.Fill(DType dtype, List<Long> shape, double value) ->
          "fill(" + dtype.text() + shape + ", " + value + ")";
      case WeightExpr.Numbers(List<Double> values) -> "numbers" + values;
      case WeightExpr.Random(long seed, DType dtype, List<Long> shape, double mean, double sigma) ->
          "random(" + dtype.text() + shape + ", seed " + seed + ", " + mean + " ± " + sigma + ")";
      case WeightExpr.RotaryTable(long positions, List<Double> frequencies, double magnitude) ->
          "rotary(" + positions + " x " + 2 * frequencies.size() + ", " + magnitude + ")";
    };
  }
}
