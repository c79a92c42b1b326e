package dev.lathe.passes;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.PagedAttention;
import dev.lathe.ir.AttentionOp.Rope;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.CustomOp;
import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.ElementwiseOp.AddBias;
import dev.lathe.ir.ElementwiseOp.Glu;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.ElementwiseOp.Scale;
import dev.lathe.ir.ElementwiseOp.SoftCap;
import dev.lathe.ir.ElementwiseOp.SwiGluHalves;
import dev.lathe.ir.ElementwiseOp.ToFloat32;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MatrixOp.Activation;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.Node;
import dev.lathe.ir.NormOp.AddLayerNorm;
import dev.lathe.ir.NormOp.AddRmsNorm;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import dev.lathe.ir.Op;
import dev.lathe.ir.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/// The plain meaning of every op in double precision without rounding, for one sequence of new
/// tokens. Two graphs of one meaning therefore agree to about 15 digits.
final class ReferenceInterpreter {
  private final Map<Value, Matrix> values = new HashMap<>();
  private final Map<String, double[]> inputs;
  private final WeightEvaluator weights;

  private ReferenceInterpreter(Map<String, double[]> inputs, WeightEvaluator weights) {
    this.inputs = inputs;
    this.weights = weights;
  }

  /// The first output, row by row.
  static double[] run(Graph graph, Map<String, double[]> inputs, WeightEvaluator weights) {
    ReferenceInterpreter interpreter = new ReferenceInterpreter(inputs, weights);
    for (Node node : graph.nodes()) {
      List<Matrix> results = interpreter.evaluate(node.op());
      for (int i = 0; i < results.size(); i++) {
        interpreter.values.put(node.results().get(i), results.get(i));
      }
    }
    return interpreter.get(graph.outputs().getFirst()).data();
  }

  /// Rows one after the other.
  record Matrix(int columns, double[] data) {
    interface Element {
      double at(int row, int column);
    }

    static Matrix of(int rows, int columns, Element element) {
      double[] data = new double[rows * columns];
      for (int i = 0; i < data.length; i++) {
        data[i] = element.at(i / columns, i % columns);
      }
      return new Matrix(columns, data);
    }

    int rows() {
      return data.length / columns;
    }

    double at(int row, int column) {
      return data[row * columns + column];
    }

    Matrix map(DoubleUnaryOperator function) {
      return of(rows(), columns, (row, column) -> function.applyAsDouble(at(row, column)));
    }

    double[] row(int row) {
      return Arrays.copyOfRange(data, row * columns, (row + 1) * columns);
    }

    Matrix columns(int begin, int end) {
      return of(rows(), end - begin, (row, column) -> at(row, begin + column));
    }
  }

  private List<Matrix> evaluate(Op op) {
    return switch (op) {
      case LeafOp _, CustomOp _ -> throw new IllegalStateException("no meaning for " + op);
      case Embedding(Value ids, Value table) -> List.of(gather(get(table), get(ids)));
      case GatherRows(Value in, Value rows) -> List.of(gather(get(in), get(rows)));
      case SliceColumns(Value in, long begin, long end) ->
          List.of(get(in).columns((int) begin, (int) end));
      case Linear linear -> List.of(linear(linear));
      case Add(Value left, Value right) -> List.of(sum(get(left), get(right)));
      case AddBias(Value left, Value bias) -> {
        Matrix in = get(left);
        Matrix row = get(bias);
        yield List.of(Matrix.of(in.rows(), in.columns(), (r, c) -> in.at(r, c) + row.data()[c]));
      }
      case Multiply(Value left, Value right) -> {
        Matrix a = get(left);
        Matrix b = get(right);
        yield List.of(Matrix.of(a.rows(), a.columns(), (r, c) -> a.at(r, c) * b.at(r, c)));
      }
      case Activate(Value in, ActivationFunction f) -> List.of(get(in).map(x -> activate(f, x)));
      case Scale(Value in, float factor) -> List.of(get(in).map(x -> factor * x));
      case ToFloat32(Value in) -> List.of(get(in));
      case SoftCap(Value in, float cap) -> List.of(get(in).map(x -> cap * Math.tanh(x / cap)));
      case Glu(Value gate, Value up, ActivationFunction f) -> List.of(glu(get(gate), get(up), f));
      case SwiGluHalves(Value in) -> {
        Matrix both = get(in);
        int half = both.columns() / 2;
        Matrix gate = both.columns(0, half);
        yield List.of(glu(gate, both.columns(half, 2 * half), ActivationFunction.SILU));
      }
      case RmsNorm(Value in, Value weight, int _, float epsilon, float offset) ->
          List.of(norm(get(in), get(weight), epsilon, offset));
      case AddRmsNorm(Value in, Value residual, Value weight, float epsilon, float offset) -> {
        Matrix sum = sum(get(in), get(residual));
        yield List.of(sum, norm(sum, get(weight), epsilon, offset));
      }
      case LayerNorm(Value in, Value weight, Optional<Value> bias, float epsilon) ->
          List.of(layerNorm(get(in), get(weight), bias, epsilon));
      case AddLayerNorm(
              Value in,
              Value residual,
              Value weight,
              Optional<Value> bias,
              float epsilon) -> {
        Matrix sum = sum(get(in), get(residual));
        yield List.of(sum, layerNorm(sum, get(weight), bias, epsilon));
      }
      case Rope(Value in, Value positions, Value table, int headDim, boolean interleaved) ->
          List.of(rope(get(in), get(positions), get(table), headDim, interleaved));
      case KvAppend append -> List.of(get(append.key()), get(append.value()));
      case RopeKvAppend append -> ropeKvAppend(append);
      case PagedAttention attention -> List.of(attention(attention));
      case Experts experts -> List.of(experts(experts));
    };
  }

  private static Matrix gather(Matrix in, Matrix rows) {
    return Matrix.of(rows.data().length, in.columns(), (r, c) -> in.at((int) rows.data()[r], c));
  }

  private static Matrix sum(Matrix a, Matrix b) {
    return Matrix.of(a.rows(), a.columns(), (r, c) -> a.at(r, c) + b.at(r, c));
  }

  private static double activate(ActivationFunction function, double x) {
    return switch (function) {
      case SILU -> x / (1 + Math.exp(-x));
      case RELU -> Math.max(x, 0);
      case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case GELU_QUICK -> x / (1 + Math.exp(-1.702 * x));
    };
  }

  /// Maclaurin series: enough for the small values of the tests.
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private static Matrix glu(Matrix gate, Matrix up, ActivationFunction f) {
    return Matrix.of(
        gate.rows(), gate.columns(), (r, c) -> activate(f, gate.at(r, c)) * up.at(r, c));
  }

  private Matrix linear(Linear op) {
    Matrix in = get(op.in());
    Matrix weight = get(op.weight());
    double[] bias = op.bias().map(value -> get(value).data()).orElse(new double[weight.rows()]);
    Matrix product =
        Matrix.of(
            in.rows(),
            weight.rows(),
            (r, n) -> {
              double sum = bias[n];
              for (int k = 0; k < in.columns(); k++) {
                sum += in.at(r, k) * weight.at(n, k);
              }
              return sum;
            });
    Matrix activated = activated(op.activation(), product).map(x -> op.scale() * x);
    return op.residual().map(residual -> sum(activated, get(residual))).orElse(activated);
  }

  private Matrix experts(Experts op) {
    Matrix result =
        ReferenceExperts.of(op, get(op.in()), get(op.logits()), get(op.gateUp()), get(op.down()));
    return op.residual().map(residual -> sum(result, get(residual))).orElse(result);
  }

  static Matrix activated(Activation activation, Matrix in) {
    if (activation == Activation.NONE) {
      return in;
    }
    for (ActivationFunction function : ActivationFunction.values()) {
      if (activation == Activation.of(function)) {
        return in.map(x -> activate(function, x));
      }
      if (Activation.gated(function).equals(Optional.of(activation))) {
        return gluInterleaved(in, function);
      }
    }
    throw new IllegalStateException("no meaning for " + activation);
  }

  private static Matrix gluInterleaved(Matrix in, ActivationFunction function) {
    return Matrix.of(
        in.rows(),
        in.columns() / 2,
        (r, c) -> {
          int gate = c / 8 * 16 + c % 8;
          return activate(function, in.at(r, gate)) * in.at(r, gate + 8);
        });
  }

  private static Matrix norm(Matrix in, Matrix weight, float epsilon, float offset) {
    int group = weight.data().length;
    return Matrix.of(
        in.rows(),
        in.columns(),
        (r, c) -> {
          double squares = 0;
          for (int i = c / group * group; i < c / group * group + group; i++) {
            squares += in.at(r, i) * in.at(r, i);
          }
          double gain = offset + weight.data()[c % group];
          return in.at(r, c) / Math.sqrt(squares / group + epsilon) * gain;
        });
  }

  private Matrix layerNorm(Matrix in, Matrix weight, Optional<Value> bias, float epsilon) {
    int columns = in.columns();
    double[] added = bias.map(value -> get(value).data()).orElse(new double[columns]);
    return Matrix.of(
        in.rows(),
        columns,
        (r, c) -> {
          double[] row = in.row(r);
          double mean = Arrays.stream(row).average().orElseThrow();
          double variance =
              Arrays.stream(row).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
          return (row[c] - mean) / Math.sqrt(variance + epsilon) * weight.data()[c] + added[c];
        });
  }

  private static Matrix rope(
      Matrix in, Matrix positions, Matrix table, int headDim, boolean interleaved) {
    int half = table.columns() / 2;
    return Matrix.of(
        in.rows(),
        in.columns(),
        (r, c) -> {
          int i = c % headDim;
          if (i >= 2 * half) {
            return in.at(r, c);
          }
          int pair = interleaved ? i / 2 : i % half;
          boolean isFirst = interleaved ? i % 2 == 0 : i < half;
          int distance = interleaved ? 1 : half;
          int position = (int) positions.data()[r];
          double cosine = table.at(position, pair);
          double sine = table.at(position, half + pair);
          double other = in.at(r, isFirst ? c + distance : c - distance);
          return in.at(r, c) * cosine + (isFirst ? -other : other) * sine;
        });
  }

  private List<Matrix> ropeKvAppend(RopeKvAppend op) {
    Matrix qkv = get(op.qkv());
    int q = (int) op.heads().queryColumns();
    int k = (int) op.heads().keyValueColumns();
    int headDim = op.heads().headDim();
    Matrix query = qkv.columns(0, q);
    Matrix key = qkv.columns(q, q + k);
    if (op.queryNorm().isPresent()) {
      query = norm(query, get(op.queryNorm().get()), op.epsilon(), op.weightOffset());
    }
    if (op.keyNorm().isPresent()) {
      key = norm(key, get(op.keyNorm().get()), op.epsilon(), op.weightOffset());
    }
    if (op.table().isPresent()) {
      Matrix table = get(op.table().get());
      Matrix positions = get(op.positions());
      query = rope(query, positions, table, headDim, op.interleaved());
      key = rope(key, positions, table, headDim, op.interleaved());
    }
    return List.of(query, key, qkv.columns(q + k, q + 2 * k));
  }

  private Matrix attention(PagedAttention op) {
    Matrix query = get(op.query());
    Matrix keys = get(op.keyCache());
    Matrix cachedValues = get(op.valueCache());
    Heads heads = op.heads();
    int headDim = heads.headDim();
    int group = heads.query() / heads.keyValue();
    return Matrix.of(
        query.rows(),
        query.columns(),
        (row, column) -> {
          int head = column / headDim;
          int offset = head / group * headDim;
          double total = 0;
          double sum = 0;
          int first = op.window() == 0 ? 0 : Math.max(0, row - op.window() + 1);
          int last = op.causal() ? row : query.rows() - 1;
          for (int key = first; key <= last; key++) {
            double dot = 0;
            for (int i = 0; i < headDim; i++) {
              dot += query.at(row, head * headDim + i) * keys.at(key, offset + i);
            }
            double weight = Math.exp(score(op, dot, head, key - row));
            total += weight;
            sum += weight * cachedValues.at(key, offset + column % headDim);
          }
          return sum / total;
        });
  }

  private double score(PagedAttention op, double product, int head, int distance) {
    double scaled = op.scale() * product;
    double cap = op.softCap();
    double slope = op.slopes().map(slopes -> get(slopes).data()[head]).orElse(0.0);
    return (cap == 0 ? scaled : cap * Math.tanh(scaled / cap)) + slope * distance;
  }

  private Matrix get(Value value) {
    return values.computeIfAbsent(value, this::leaf);
  }

  private Matrix leaf(Value value) {
    if (value.def() instanceof LeafOp.Input input) {
      double[] data = inputs.getOrDefault(input.name(), new double[0]);
      return new Matrix(1, data);
    }
    if (value.def() instanceof LeafOp.Weight weight) {
      return new Matrix((int) value.type().columns(), elements(weight));
    }
    throw new IllegalStateException("no value for (" + value + ")");
  }

  private double[] elements(LeafOp.Weight weight) {
    ByteBuffer bytes =
        ByteBuffer.wrap(weights.bytes(weight.source())).order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = weight.type().dtype() == DType.F32;
    double[] data = new double[bytes.capacity() / (wide ? 4 : 2)];
    for (int i = 0; i < data.length; i++) {
      data[i] = wide ? bytes.getFloat() : Float.intBitsToFloat(bytes.getShort() << 16);
    }
    return data;
  }
}
