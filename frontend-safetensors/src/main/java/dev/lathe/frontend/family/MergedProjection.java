package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// One projection to queries, keys and values, and the ways in which checkpoints lay out the rows
/// of its weight. The order that is wanted is: rows of all query heads, of all key heads, of all
/// value heads.
final class MergedProjection {
  private MergedProjection() {}

  /// `module.weight`, and `module.bias` if there is one, whose rows have the order already.
  static QueryKeyValue inOrder(
      ModelBuilder layer, Value in, String module, Heads heads, boolean bias) {
    Value merged = layer.linear("attention.qkv", in, module, heads.qkvColumns(), bias);
    return QueryKeyValue.split(layer, merged, heads);
  }

  /// As above, but the rows of each KV head lie together: those of its query heads, of its key, of
  /// its value.
  static QueryKeyValue byKeyValueHead(
      ModelBuilder layer, Value in, String module, Heads heads, boolean bias) {
    long rows = heads.qkvColumns();
    long columns = in.type().columns();
    WeightExpr weight = layer.tensor(module + ".weight", rows, columns);
    Optional<Value> added =
        bias
            ? Optional.of(
                layer.weight(
                    "attention.qkv.bias",
                    sorted(layer.tensor(module + ".bias", rows), heads),
                    rows))
            : Optional.empty();
    Value sorted = layer.weight("attention.qkv", sorted(weight, heads, columns), rows, columns);
    Value merged = layer.linear("attention.qkv", in, sorted, added);
    return QueryKeyValue.split(layer, merged, heads);
  }

  /// Rows `(KV heads * (group + 2) * headDim)` sorted into queries, keys, values.
  ///
  /// @param inner the other dimensions
  private static WeightExpr sorted(WeightExpr rows, Heads heads, long... inner) {
    int group = heads.query() / heads.keyValue();
    WeightExpr heads3d =
        new WeightExpr.Reshape(
            rows,
            shape(List.of((long) heads.keyValue(), group + 2L, (long) heads.headDim()), inner));
    return new WeightExpr.Concat(
        0,
        List.of(
            part(heads3d, 0, group, heads, inner),
            part(heads3d, group, group + 1, heads, inner),
            part(heads3d, group + 1, group + 2, heads, inner)));
  }

  private static WeightExpr part(
      WeightExpr heads3d, int begin, int end, Heads heads, long... inner) {
    long rows = (long) heads.keyValue() * (end - begin) * heads.headDim();
    return new WeightExpr.Reshape(
        new WeightExpr.Slice(heads3d, 1, begin, end), shape(List.of(rows), inner));
  }

  private static List<Long> shape(List<Long> outer, long... inner) {
    List<Long> shape = new ArrayList<>(outer);
    LongStream.of(inner).forEach(shape::add);
    return shape;
  }
}
