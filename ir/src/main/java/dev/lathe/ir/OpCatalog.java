package dev.lathe.ir;

import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.ElementwiseOp.AddBias;
import dev.lathe.ir.ElementwiseOp.Glu;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.ElementwiseOp.Scale;
import dev.lathe.ir.ElementwiseOp.SoftCap;
import dev.lathe.ir.ElementwiseOp.SwiGluHalves;
import dev.lathe.ir.ElementwiseOp.ToFloat32;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.NormOp.AddLayerNorm;
import dev.lathe.ir.NormOp.AddRmsNorm;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Every op and its mnemonic, one line an op.
public final class OpCatalog {
  private static final OpCatalog CATALOG = new OpCatalog();

  private final Map<Class<? extends Op>, OpSchema> byClass = new LinkedHashMap<>();
  private final Map<String, OpSchema> byMnemonic = new LinkedHashMap<>();

  private OpCatalog() {
    add("input", LeafOp.Input.class);
    add("kv_cache", LeafOp.KvCache.class);
    add("weight", LeafOp.Weight.class);

    add("embedding", Embedding.class);
    add("slice_columns", SliceColumns.class);
    add("gather_rows", GatherRows.class);

    add("linear", Linear.class);

    add("add", Add.class);
    add("add_bias", AddBias.class);
    add("multiply", Multiply.class);
    add("activate", Activate.class);
    add("scale", Scale.class);
    add("to_float32", ToFloat32.class);
    add("soft_cap", SoftCap.class);
    add("glu", Glu.class);
    add("swiglu_halves", SwiGluHalves.class);

    add("rms_norm", RmsNorm.class);
    add("add_rms_norm", AddRmsNorm.class);
    add("layer_norm", LayerNorm.class);
    add("add_layer_norm", AddLayerNorm.class);

    add("rope", Rope.class);
    add("kv_append", KvAppend.class);
    add("paged_attention", PagedAttention.class);
    add("rope_kv_append", RopeKvAppend.class);

    add("experts", Experts.class);

    add("custom", CustomOp.class);
  }

  private <O extends Op> void add(String mnemonic, Class<O> op) {
    OpSchema schema = new OpSchema(mnemonic, op);
    byClass.put(op, schema);
    if (byMnemonic.put(mnemonic, schema) != null) {
      throw new IllegalStateException("two ops are named " + mnemonic);
    }
  }

  /// The schema of an op.
  ///
  /// @throws IllegalStateException if its class is not listed here
  public static OpSchema schema(Op op) {
    OpSchema schema = CATALOG.byClass.get(op.getClass());
    if (schema == null) {
      throw new IllegalStateException(op.getClass().getName() + " is not in the op catalog");
    }
    return schema;
  }

  /// The schema with the given mnemonic.
  public static Optional<OpSchema> find(String mnemonic) {
    return Optional.ofNullable(CATALOG.byMnemonic.get(mnemonic));
  }

  /// All schemas in the order of this file.
  public static Collection<OpSchema> all() {
    return CATALOG.byClass.values();
  }
}
