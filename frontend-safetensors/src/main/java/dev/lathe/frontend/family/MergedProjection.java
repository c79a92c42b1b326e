package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Attention from one projection to queries, keys and values, and the ways in which checkpoints
/// lay out the rows of its weight. The order that attention takes is: rows of all query heads, of
/// all key heads, of all value heads.
final class MergedProjection {
  private MergedProjection() {}

  /// `module.weight`, and `module.bias` if there is one, whose rows have the order already.
  static Value inOrder(ModelBuilder layer, Value in, String module, Heads heads, boolean bias) {
    return layer.linear("attention.qkv", in, module, heads.qkvColumns(), bias);
  }

  /// As above, but the rows of each KV head lie together: those of its query heads, of its key, of
  /// its value.
  static Value byKeyValueHead(
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
    return layer.linear("attention.qkv", in, sorted, added);
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

  /// Takes the projection `(T, heads.qkvColumns)` apart, rotates if there is a rotary embedding,
  /// and attends. Result: `(T, heads.queryColumns)`.
  static Value attend(
      ModelBuilder layer, Value qkv, AttentionSpec spec, Optional<RotarySpec> rotary) {
    Heads heads = spec.heads();
    long keys = heads.queryColumns();
    long values = keys + heads.keyValueColumns();
    Value query = layer.sliceColumns("attention.q", qkv, 0, keys);
    Value key = layer.sliceColumns("attention.k", qkv, keys, values);
    Value value = layer.sliceColumns("attention.v", qkv, values, heads.qkvColumns());
    if (rotary.isPresent()) {
      query = layer.rope("attention.q.rope", query, rotary.get());
      key = layer.rope("attention.k.rope", key, rotary.get());
    }
    return layer.attention("attention", query, key, value, spec);
  }
}
