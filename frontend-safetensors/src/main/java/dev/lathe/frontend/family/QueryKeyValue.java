package dev.lathe.frontend.family;

import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;

/// What the attention of a layer is computed from. T tokens, D elements of a head.
///
/// @param query `(T, heads * D)`
/// @param key `(T, KV heads * D)`
/// @param value `(T, KV heads * D)`
record QueryKeyValue(ModelBuilder layer, Value query, Value key, Value value) {

  /// The products of three projections: `module.q_proj`, `k_proj` and `v_proj`.
  static QueryKeyValue projected(
      ModelBuilder layer, Value in, String module, Heads heads, boolean bias) {
    long columns = heads.keyValueColumns();
    return new QueryKeyValue(
        layer,
        layer.linear("attention.q", in, module + ".q_proj", heads.queryColumns(), bias),
        layer.linear("attention.k", in, module + ".k_proj", columns, bias),
        layer.linear("attention.v", in, module + ".v_proj", columns, bias));
  }

  /// The parts of one product `(T, heads.qkvColumns)`: all queries, all keys, all values.
  static QueryKeyValue split(ModelBuilder layer, Value merged, Heads heads) {
    long keys = heads.queryColumns();
    long values = keys + heads.keyValueColumns();
    return new QueryKeyValue(
        layer,
        layer.sliceColumns("attention.q", merged, 0, keys),
        layer.sliceColumns("attention.k", merged, keys, values),
        layer.sliceColumns("attention.v", merged, values, heads.qkvColumns()));
  }

  /// A norm of queries or of keys.
  interface Norm {
    /// @param name of the norm
    /// @param module that has its weight
    Value of(String name, Value in, String module);
  }

  /// With norms of queries and keys, `self_attn.q_norm` and `self_attn.k_norm`.
  QueryKeyValue normed(Norm norm) {
    return new QueryKeyValue(
        layer,
        norm.of("attention.q.norm", query, "self_attn.q_norm"),
        norm.of("attention.k.norm", key, "self_attn.k_norm"),
        value);
  }

  QueryKeyValue rotated(RotarySpec rotary) {
    return new QueryKeyValue(
        layer,
        layer.rope("attention.q.rope", query, rotary),
        layer.rope("attention.k.rope", key, rotary),
        value);
  }

  /// The weighted sums of values, `(T, heads * D)`.
  Value attend(AttentionSpec spec) {
    return layer.attention("attention", query, key, value, spec);
  }
}
