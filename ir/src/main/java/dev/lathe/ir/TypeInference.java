package dev.lathe.ir;

import dev.lathe.engine.type.DType;
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
import java.util.List;

/// Types of an op's results, from its operands and attributes; checks the op's constraints on the
/// way.
public final class TypeInference {
  private final Op op;

  private TypeInference(Op op) {
    this.op = op;
  }

  /// Types of all results, in order.
  ///
  /// @throws TypeException for the first constraint that is broken
  public static List<TensorType> infer(Op op) {
    TypeInference check = new TypeInference(op);
    return switch (op) {
      case LeafOp leaf -> List.of(leaf.type());
      case MoveOp move -> List.of(check.move(move));
      case Linear linear -> List.of(check.linear(linear));
      case ElementwiseOp elementwise -> List.of(check.elementwise(elementwise));
      case RmsNorm norm -> List.of(check.rmsNorm(norm));
      case AddRmsNorm norm -> check.addRmsNorm(norm);
      case LayerNorm norm -> List.of(check.layerNorm(norm));
      case AddLayerNorm norm -> check.addLayerNorm(norm);
      case Rope rope -> List.of(check.rope(rope));
      case KvAppend append -> check.kvAppend(append);
      case PagedAttention attention -> List.of(check.attention(attention));
      case RopeKvAppend append -> check.ropeKvAppend(append);
      case Experts experts -> List.of(check.experts(experts));
      case CustomOp custom -> check.custom(custom);
    };
  }

  private TensorType move(MoveOp move) {
    return switch (move) {
      case Embedding(Value ids, Value table) -> {
        isIndices("C1", "ids", ids);
        isMatrix("C2", "table", table);
        yield table.type().withDim(0, ids.type().dim(0));
      }
      case SliceColumns(Value in, long begin, long end) -> {
        isMatrix("C1", "in", in);
        long columns = in.type().columns();
        require(
            0 <= begin && begin < end && end <= columns,
            "C2",
            "columns " + begin + " to " + end + " of " + columns);
        yield in.type().withDim(1, Dim.of(end - begin));
      }
      case GatherRows(Value in, Value rows) -> {
        isMatrix("C1", "in", in);
        isIndices("C2", "rows", rows);
        yield in.type().withDim(0, rows.type().dim(0));
      }
    };
  }

  private TensorType linear(Linear linear) {
    isMatrix("C1", "in", linear.in());
    TensorType in = linear.in().type();
    TensorType weight = linear.weight().type();
    require(
        weight.rank() == 2 && weight.dim(1).equals(in.dim(1)),
        "C2",
        "weight is " + weight + ", in is " + in);
    long rows = weight.shape().constant(0);
    linear
        .bias()
        .ifPresent(bias ->
            require(bias.type().shape().equals(Shape.of(rows)), "C3", "bias is " + bias.type()));
    boolean glu = linear.activation().gates();
    require(!glu || rows % 16 == 0, "C5", rows + " columns do not alternate in blocks of 8");
    require(weight.dtype() == in.dtype(), "C6", "weight is " + weight + ", in is " + in);
    linear.bias().ifPresent(bias -> hasType("C6", "bias", bias, TensorType.of(in.dtype(), rows)));
    require(linear.result().isFloat(), "C7", "result is " + linear.result().text());
    TensorType type = TensorType.of(linear.result(), in.dim(0), Dim.of(glu ? rows / 2 : rows));
    linear.residual().ifPresent(residual -> hasType("C4", "residual", residual, type));
    return type;
  }

  private TensorType elementwise(ElementwiseOp elementwise) {
    return switch (elementwise) {
      case Add(Value left, Value right) -> alike("left", left, "right", right);
      case Multiply(Value left, Value right) -> alike("left", left, "right", right);
      case Glu(Value gate, Value up, _) -> alike("gate", gate, "up", up);
      case Activate(Value in, _) -> ofFloats(in);
      case Scale(Value in, _) -> ofFloats(in);
      case ToFloat32(Value in) -> new TensorType(ofFloats(in).shape(), DType.F32);
      case SoftCap(Value in, float cap) -> {
        require(cap > 0, "C2", "cap is " + cap);
        yield ofFloats(in);
      }
      case AddBias(Value left, Value bias) -> {
        isMatrix("C1", "left", left);
        TensorType type = left.type();
        hasType("C2", "bias", bias, TensorType.of(type.dtype(), type.dim(1)));
        yield type;
      }
      case SwiGluHalves(Value in) -> {
        isMatrix("C1", "in", in);
        long columns = in.type().columns();
        require(columns % 2 == 0, "C2", "in has " + columns + " columns");
        yield in.type().withDim(1, Dim.of(columns / 2));
      }
    };
  }

  private TensorType ofFloats(Value in) {
    isFloat("C1", "in", in);
    return in.type();
  }

  private TensorType alike(String firstName, Value first, String secondName, Value second) {
    isFloat("C1", firstName, first);
    hasType("C2", secondName, second, first.type());
    return first.type();
  }

  private TensorType rmsNorm(RmsNorm norm) {
    isMatrix("C1", "in", norm.in());
    TensorType in = norm.in().type();
    hasType("C2", "weight", norm.weight(), TensorType.of(in.dtype(), norm.group()));
    require(
        in.columns() % norm.group() == 0,
        "C3",
        in.columns() + " columns are no multiple of group " + norm.group());
    return in;
  }

  private List<TensorType> addRmsNorm(AddRmsNorm norm) {
    isMatrix("C1", "in", norm.in());
    TensorType in = norm.in().type();
    hasType("C2", "residual", norm.residual(), in);
    hasType("C3", "weight", norm.weight(), TensorType.of(in.dtype(), in.dim(1)));
    return List.of(in, in);
  }

  private TensorType layerNorm(LayerNorm norm) {
    isMatrix("C1", "in", norm.in());
    TensorType in = norm.in().type();
    TensorType row = TensorType.of(in.dtype(), in.dim(1));
    hasType("C2", "weight", norm.weight(), row);
    norm.bias().ifPresent(bias -> hasType("C3", "bias", bias, row));
    return in;
  }

  private List<TensorType> addLayerNorm(AddLayerNorm norm) {
    isMatrix("C1", "in", norm.in());
    TensorType in = norm.in().type();
    TensorType row = TensorType.of(in.dtype(), in.dim(1));
    hasType("C2", "residual", norm.residual(), in);
    hasType("C3", "weight", norm.weight(), row);
    norm.bias().ifPresent(bias -> hasType("C4", "bias", bias, row));
    return List.of(in, in);
  }

  private TensorType rope(Rope rope) {
    isMatrix("C1", "in", rope.in());
    TensorType in = rope.in().type();
    require(
        in.columns() % rope.headDim() == 0,
        "C1",
        in.columns() + " columns are no multiple of head size " + rope.headDim());
    hasType("C2", "positions", rope.positions(), TensorType.of(DType.I32, in.dim(0)));
    isRotaryTable(rope.table(), rope.headDim());
    return in;
  }

  private List<TensorType> kvAppend(KvAppend append) {
    isMatrix("C1", "key", append.key());
    hasType("C1", "value", append.value(), append.key().type());
    TensorType cache = append.keyCache().type();
    require(
        cache.rank() == 3
            && cache.dim(0).equals(Dim.POOL)
            && cache.shape().constant(1) * cache.shape().constant(2)
                == append.key().type().columns(),
        "C2",
        "keyCache is " + cache + ", key is " + append.key().type());
    hasType("C2", "valueCache", append.valueCache(), cache);
    return List.of(cache, cache);
  }

  private TensorType attention(PagedAttention attention) {
    isMatrix("C1", "query", attention.query());
    Heads heads = attention.heads();
    TensorType query = attention.query().type();
    hasType("C1", "query", attention.query(), query.withDim(1, Dim.of(heads.queryColumns())));
    areCaches("C2", attention.keyCache(), attention.valueCache(), heads);
    require(
        attention.window() >= 0 && (attention.causal() || attention.window() == 0),
        "C3",
        "window is " + attention.window());
    TensorType slopes = TensorType.of(DType.F32, heads.query());
    attention.slopes().ifPresent(value -> hasType("C4", "slopes", value, slopes));
    require(attention.softCap() >= 0, "C5", "softCap is " + attention.softCap());
    return query;
  }

  private List<TensorType> ropeKvAppend(RopeKvAppend append) {
    isMatrix("C1", "qkv", append.qkv());
    Heads heads = append.heads();
    TensorType qkv = append.qkv().type();
    hasType("C1", "qkv", append.qkv(), qkv.withDim(1, Dim.of(heads.qkvColumns())));
    hasType("C2", "positions", append.positions(), TensorType.of(DType.I32, qkv.dim(0)));
    append.table().ifPresent(table -> isRotaryTable(table, heads.headDim()));
    append.queryNorm().ifPresent(w -> isNormWeight("queryNorm", w, heads.queryColumns(), append));
    append.keyNorm().ifPresent(w -> isNormWeight("keyNorm", w, heads.keyValueColumns(), append));
    TensorType cache = areCaches("C5", append.keyCache(), append.valueCache(), heads);
    return List.of(qkv.withDim(1, Dim.of(heads.queryColumns())), cache, cache);
  }

  private void isNormWeight(String name, Value weight, long columns, RopeKvAppend append) {
    boolean ofAll = weight.type().shape().equals(Shape.of(columns));
    long group = ofAll ? columns : append.heads().headDim();
    hasType("C4", name, weight, TensorType.of(append.qkv().type().dtype(), group));
  }

  private TensorType areCaches(String label, Value keys, Value values, Heads heads) {
    TensorType cache =
        TensorType.of(
            keys.type().dtype(), Dim.POOL, Dim.of(heads.keyValue()), Dim.of(heads.headDim()));
    hasType(label, "keyCache", keys, cache);
    hasType(label, "valueCache", values, cache);
    return cache;
  }

  private void isRotaryTable(Value table, int headDim) {
    TensorType type = table.type();
    require(
        type.rank() == 2
            && type.dtype() == DType.F32
            && type.columns() % 2 == 0
            && type.columns() <= headDim,
        "C3",
        "table is " + type + " for heads of " + headDim);
  }

  private TensorType experts(Experts op) {
    isMatrix("C1", "in", op.in());
    TensorType in = op.in().type();
    TensorType logits = op.logits().type();
    require(
        logits.rank() == 2 && logits.dtype() == DType.F32 && logits.dim(0).equals(in.dim(0)),
        "C2",
        "logits are " + logits + ", in is " + in);
    TensorType gateUp = op.gateUp().type();
    require(gateUp.rank() == 3, "C3", "gateUp is " + gateUp);
    Dim experts = logits.dim(1);
    hasType(
        "C3", "gateUp", op.gateUp(), TensorType.of(in.dtype(), experts, gateUp.dim(1), in.dim(1)));
    long rows = gateUp.shape().constant(1);
    boolean gates = op.activation().gates();
    require(!gates || rows % 16 == 0, "C7", rows + " columns do not alternate in blocks of 8");
    Dim inner = Dim.of(gates ? rows / 2 : rows);
    hasType("C4", "down", op.down(), TensorType.of(in.dtype(), experts, in.dim(1), inner));
    op.residual().ifPresent(residual -> hasType("C5", "residual", residual, in));
    require(
        op.topK() >= 1 && op.topK() <= logits.columns(),
        "C6",
        "topK is " + op.topK() + " of " + logits.columns());
    return in;
  }

  /// What a plugin declares; buffers of activations hold float matrices.
  private List<TensorType> custom(CustomOp custom) {
    for (TensorType type : custom.types()) {
      require(
          type.rank() >= 2 && type.dtype().isFloat(),
          "C1",
          "result is " + type + ", no matrix of a float type");
    }
    return custom.types();
  }

  private void isMatrix(String label, String name, Value value) {
    require(value.type().rank() == 2, label, name + " is " + value.type() + ", no matrix");
    isFloat(label, name, value);
  }

  private void isFloat(String label, String name, Value value) {
    require(value.type().dtype().isFloat(), label, name + " is " + value.type() + ", not float");
  }

  private void isIndices(String label, String name, Value value) {
    require(
        value.type().rank() == 1 && value.type().dtype() == DType.I32,
        label,
        name + " is " + value.type() + ", no row of i32");
  }

  private void hasType(String label, String name, Value value, TensorType expected) {
    require(
        value.type().equals(expected), label, name + " is " + value.type() + ", not " + expected);
  }

  private void require(boolean holds, String label, String sentence) {
    if (!holds) {
      throw new TypeException(op, label, sentence);
    }
  }
}
