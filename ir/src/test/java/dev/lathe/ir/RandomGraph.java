package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
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
import dev.lathe.ir.MatrixOp.Activation;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.MoveOp.Embedding;
import dev.lathe.ir.MoveOp.GatherRows;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.NormOp.AddLayerNorm;
import dev.lathe.ir.NormOp.AddRmsNorm;
import dev.lathe.ir.NormOp.LayerNorm;
import dev.lathe.ir.NormOp.RmsNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Well-typed graphs that make no sense, with every op in them. All matrices are `(T, 32)` bf16.
public final class RandomGraph {
  private static final Heads HEADS = new Heads(4, 2, 8);
  private static final int COLUMNS = 32;
  private static final Optional<Value> NONE = Optional.empty();

  private final RandomGenerator random;
  private final GraphBuilder graph = new GraphBuilder();
  private final List<Value> pool = new ArrayList<>();
  private int weights;
  private int layers;

  private RandomGraph(RandomGenerator random) {
    this.random = random;
  }

  public static Graph of(RandomGenerator random, int nodes) {
    return new RandomGraph(random).build(nodes);
  }

  private Graph build(int nodes) {
    Value ids = input("token_ids", Dim.TOKENS);
    pool.add(graph.add("embedding", new Embedding(ids, weight(100, COLUMNS))));
    for (int i = 0; i < nodes; i++) {
      pool.add(next("layers." + i / 8));
    }
    Value last = random.nextBoolean() ? any() : graph.add("wide", new ToFloat32(any()));
    graph.output(graph.add("logits", new GatherRows(last, input("logit_rows", Dim.LOGIT_ROWS))));
    return graph.build(Stage.IMPORTED);
  }

  private Value next(String label) {
    return switch (random.nextInt(19)) {
      case 0 -> graph.add(label, new Add(any(), any()));
      case 1 -> graph.add(label, new Multiply(any(), any()));
      case 2 -> graph.add(label, new Activate(any(), function()));
      case 3 -> graph.add(label, new Glu(any(), any(), function()));
      case 4 -> graph.add(label, new SwiGluHalves(wide(label)));
      case 5 -> graph.add(label, new AddBias(any(), weight(COLUMNS)));
      case 6 -> graph.add(label, linear(any()));
      case 7 -> graph.add(label, new SliceColumns(wide(label), 16, 16 + COLUMNS));
      case 8 -> graph.add(label, norm(any()));
      case 9 -> {
        AddRmsNorm op = new AddRmsNorm(any(), any(), weight(COLUMNS), epsilon(), offset());
        yield graph.addAll(label, op).results().get(random.nextInt(2));
      }
      case 10 -> graph.add(label, new Rope(any(), positions(), table(), 8, random.nextBoolean()));
      case 11 -> attention(label);
      case 12 -> fusedAttention(label);
      case 13 -> graph.add(label, new Scale(any(), random.nextFloat()));
      case 14 -> graph.add(label, new SoftCap(any(), 1 + random.nextFloat()));
      case 15 -> graph.add(label, new LayerNorm(any(), weight(COLUMNS), bias(), epsilon()));
      case 16 -> {
        AddLayerNorm op = new AddLayerNorm(any(), any(), weight(COLUMNS), bias(), epsilon());
        yield graph.addAll(label, op).results().get(random.nextInt(2));
      }
      case 17 -> experts(label);
      default -> custom(label);
    };
  }

  private Linear linear(Value in) {
    Optional<Value> residual = random.nextBoolean() ? Optional.of(any()) : NONE;
    Activation activation = random.nextBoolean() ? Activation.NONE : Activation.of(function());
    return new Linear(
        in, weight(COLUMNS, COLUMNS), bias(), residual, activation, DType.BF16, 1 + offset());
  }

  private Value experts(String label) {
    Linear router =
        new Linear(any(), weight(4, COLUMNS), NONE, NONE, Activation.NONE, DType.F32, 1);
    return graph.add(
        label,
        new Experts(
            any(),
            graph.add(label, router),
            weight(4, 2 * COLUMNS, COLUMNS),
            weight(4, COLUMNS, COLUMNS),
            random.nextBoolean() ? Optional.of(any()) : NONE,
            1 + random.nextInt(4),
            random.nextBoolean(),
            Activation.SWIGLU_INTERLEAVED));
  }

  private Optional<Value> bias() {
    return random.nextBoolean() ? Optional.of(weight(COLUMNS)) : NONE;
  }

  private ActivationFunction function() {
    ActivationFunction[] all = ActivationFunction.values();
    return all[random.nextInt(all.length)];
  }

  /// 0, the default of the attribute, or something else.
  private float offset() {
    return random.nextBoolean() ? 0 : random.nextFloat();
  }

  private RmsNorm norm(Value in) {
    int group = random.nextBoolean() ? COLUMNS : HEADS.headDim();
    return new RmsNorm(in, weight(group), group, epsilon(), offset());
  }

  private Value wide(String label) {
    return graph.add(label, Linear.of(any(), weight(2 * COLUMNS, COLUMNS)));
  }

  private Value attention(String label) {
    Value key = graph.add(label, Linear.of(any(), weight(16, COLUMNS)));
    int layer = layers++;
    Node append =
        graph.addAll(
            label,
            new KvAppend(
                key, key, cache(layer, LeafOp.KvPart.KEYS), cache(layer, LeafOp.KvPart.VALUES)));
    return attend(label, any(), append.results());
  }

  private Value fusedAttention(String label) {
    Value qkv = graph.add(label, Linear.of(any(), weight(HEADS.qkvColumns(), COLUMNS)));
    int layer = layers++;
    Node append =
        graph.addAll(
            label,
            new RopeKvAppend(
                qkv,
                positions(),
                random.nextBoolean() ? Optional.of(table()) : NONE,
                random.nextBoolean() ? Optional.of(weight(8)) : NONE,
                NONE,
                cache(layer, LeafOp.KvPart.KEYS),
                cache(layer, LeafOp.KvPart.VALUES),
                HEADS,
                epsilon(),
                false,
                offset()));
    return attend(label, append.results().get(0), append.results().subList(1, 3));
  }

  private Value attend(String label, Value query, List<Value> caches) {
    boolean causal = random.nextBoolean();
    int window = causal ? random.nextInt(3) * 64 : 0;
    return graph.add(
        label,
        new PagedAttention(
            query,
            caches.get(0),
            caches.get(1),
            random.nextBoolean() ? Optional.of(slopes()) : NONE,
            HEADS,
            random.nextFloat(),
            window,
            offset(),
            causal));
  }

  private Value custom(String label) {
    Map<String, String> attributes = Map.of("mode", "a \"b\"\n\\c", "x", "1");
    TensorType type = TensorType.of(DType.BF16, Dim.TOKENS, Dim.of(COLUMNS));
    return graph.add(
        label, new CustomOp("test.op", List.of(any(), any()), attributes, List.of(type)));
  }

  private Value any() {
    return pool.get(random.nextInt(pool.size()));
  }

  private float epsilon() {
    return random.nextFloat() * 1e-5f;
  }

  private Value positions() {
    return input("positions", Dim.TOKENS);
  }

  private Value input(String name, Dim rows) {
    return graph.leaf(new LeafOp.Input(name, TensorType.of(DType.I32, rows)));
  }

  private Value cache(int layer, LeafOp.KvPart part) {
    TensorType type = TensorType.of(DType.BF16, Dim.POOL, Dim.of(2), Dim.of(8));
    return graph.leaf(new LeafOp.KvCache(layer, part, type));
  }

  private Value slopes() {
    WeightExpr source = new WeightExpr.Numbers(List.of(0.5, 0.25, 0.125, 0.0625));
    return graph.leaf(new LeafOp.Weight("slopes", TensorType.of(DType.F32, 4), source));
  }

  private Value table() {
    WeightExpr source = new WeightExpr.RotaryTable(64, List.of(1.0, 0.5, 1e-4 / 3, 0.01), 1.25);
    return graph.leaf(new LeafOp.Weight("rotary", TensorType.of(DType.F32, 64, 8), source));
  }

  private Value weight(long... shape) {
    TensorType type = TensorType.of(DType.BF16, shape);
    return graph.leaf(
        new LeafOp.Weight("w." + weights++, type, RandomWeightExpr.of(random, shape)));
  }
}
