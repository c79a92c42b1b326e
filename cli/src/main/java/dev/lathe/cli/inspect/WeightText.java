package dev.lathe.cli.inspect;

import dev.lathe.engine.weight.WeightExpr;
import java.util.List;
import java.util.stream.Collectors;

/// Where a weight comes from, as one line: `concat(model.layers.0.q_proj.weight, ...)`.
final class WeightText {
  private WeightText() {}

  static String of(WeightExpr expression) {
    return switch (expression) {
      case WeightExpr.Tensor(String name) -> name;
      case WeightExpr.Concat(int axis, List<WeightExpr> parts) ->
          "concat"
              + (axis == 0 ? "" : " along axis " + axis)
              + parts.stream().map(WeightText::of).collect(Collectors.joining(", ", "(", ")"));
      case WeightExpr.Slice(WeightExpr source, int axis, long begin, long end) ->
          of(source) + "[" + ":, ".repeat(axis) + begin + ":" + end + "]";
      case WeightExpr.Transpose(WeightExpr source) -> "transpose(" + of(source) + ")";
      case WeightExpr.Reshape(WeightExpr source, List<Long> shape) ->
          "reshape(" + of(source) + ", " + shape(shape) + ")";
      case WeightExpr.Interleave(WeightExpr first, WeightExpr second, int rows) ->
          "interleave(" + of(first) + ", " + of(second) + " by " + rows + " rows)";
      case WeightExpr.Cast(WeightExpr source, var to) -> to.text() + "(" + of(source) + ")";
      case WeightExpr.Scale(WeightExpr source, double factor) -> of(source) + " * " + factor;
      case WeightExpr.Shift(WeightExpr source, double addend) -> of(source) + " + " + addend;
      case WeightExpr.Fill(var _, List<Long> _, double value) -> "filled with " + value;
      case WeightExpr.Random(long seed, var _, var _, double mean, double deviation) ->
          "generated: normal(" + mean + ", " + deviation + "), seed " + seed;
      case WeightExpr.RotaryTable(long positions, List<Double> frequencies, double _) ->
          "cosines and sines of "
              + positions
              + " positions, "
              + frequencies.size()
              + " frequencies";
    };
  }

  /// `4096x1024`.
  static String shape(List<Long> shape) {
    return shape.isEmpty()
        ? "scalar"
        : shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
