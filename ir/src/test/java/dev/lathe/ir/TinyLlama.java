package dev.lathe.ir;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A Llama of toy size, written as an importer writes it.
public final class TinyLlama {
  static final int HIDDEN = 64;
  static final int INTERMEDIATE = 96;
  static final int VOCABULARY = 100;
  static final float EPSILON = 1e-5f;
  static final Heads HEADS = new Heads(4, 2, 16);

  private TinyLlama() {}

  public static Graph graph(int layers) {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 7);
    define(model, layers);
    return model.build();
  }

  static void define(ModelBuilder model, int layers) {
    Value table = model.weight("embedding", "model.embed_tokens.weight", VOCABULARY, HIDDEN);
    List<Double> frequencies =
        IntStream.range(0, HEADS.headDim() / 2).mapToObj(i -> Math.pow(1e4, -i / 8.0)).toList();
    Value rotaryTable = model.rotaryTable("rotary", 256, frequencies, 1);
    RotarySpec rotary = new RotarySpec(rotaryTable, HEADS.headDim(), false);
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < layers; i++) {
      h = layer(model.within("layers." + i, "model.layers." + i), h, rotary);
    }
    Value x = model.rmsNorm("norm", h, "model.norm.weight", EPSILON);
    model.logits(model.logitsLinear("lm_head", x, table));
  }

  private static Value layer(ModelBuilder layer, Value in, RotarySpec rotary) {
    Value x = layer.rmsNorm("attention.norm", in, "input_layernorm.weight", EPSILON);
    Value q = layer.linear("attention.q", x, "self_attn.q_proj", HEADS.queryColumns(), false);
    Value k = layer.linear("attention.k", x, "self_attn.k_proj", HEADS.keyValueColumns(), false);
    Value v = layer.linear("attention.v", x, "self_attn.v_proj", HEADS.keyValueColumns(), false);
    q = layer.rope("attention.q_rope", q, rotary);
    k = layer.rope("attention.k_rope", k, rotary);
    Value a = layer.attention("attention", q, k, v, AttentionSpec.full(HEADS));
    a = layer.linear("attention.out", a, "self_attn.o_proj", HIDDEN, false);
    Value h = layer.add("attention.residual", in, a);
    x = layer.rmsNorm("mlp.norm", h, "post_attention_layernorm.weight", EPSILON);
    Value gate = layer.linear("mlp.gate", x, "mlp.gate_proj", INTERMEDIATE, false);
    Value up = layer.linear("mlp.up", x, "mlp.up_proj", INTERMEDIATE, false);
    Value m =
        layer.multiply(
            "mlp.product", layer.activate("mlp.silu", gate, ActivationFunction.SILU), up);
    return layer.add(
        "mlp.residual", h, layer.linear("mlp.down", m, "mlp.down_proj", HIDDEN, false));
  }

  /// A checkpoint in which every tensor of this model with `layers` layers has dtype `dtype`.
  static TensorLookup checkpoint(DType dtype, int layers) {
    Graph graph = graph(layers);
    return tensor ->
        graph.weights().stream()
            .filter(weight -> named(weight, tensor))
            .findFirst()
            .map(weight -> new TensorLookup.Found(dtype, weight.type().shape().constants()))
            .or(Optional::empty);
  }

  private static boolean named(LeafOp.Weight weight, String tensor) {
    return weight.source() instanceof WeightExpr.Random random && random.seed() == seed(tensor);
  }

  private static long seed(String tensor) {
    WeightExpr expr = new ModelWeights.Random(7).tensor(tensor, DType.BF16, 0, 1);
    return ((WeightExpr.Random) expr).seed();
  }
}
