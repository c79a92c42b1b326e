package dev.lathe.passes;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.stream.IntStream;

/// A model of toy size with the switches that the families differ in.
///
/// @param layers of the model
/// @param intermediate columns of gate and up
/// @param qkvBias true: query, key and value have biases (Qwen2)
/// @param headNorms true: queries and keys are normalised (Qwen3)
public record ToyModel(int layers, int intermediate, boolean qkvBias, boolean headNorms) {
  static final int HIDDEN = 64;
  static final int VOCABULARY = 100;
  static final float EPSILON = 1e-5f;
  static final Heads HEADS = new Heads(4, 2, 16);

  public static Graph llama(int layers) {
    return new ToyModel(layers, 96, false, false).graph();
  }

  public Graph graph() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 7);
    Value table = model.weight("embedding", "model.embed_tokens.weight", VOCABULARY, HIDDEN);
    List<Double> frequencies =
        IntStream.range(0, HEADS.headDim() / 2).mapToObj(i -> Math.pow(1e4, -i / 8.0)).toList();
    Value rotaryTable = model.rotaryTable("rotary", 256, frequencies, 1);
    RotarySpec rotary = new RotarySpec(rotaryTable, HEADS.headDim(), false);
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < layers; i++) {
      ModelBuilder layer = model.within("layers." + i, "model.layers." + i);
      h = mlp(layer, attention(layer, h, rotary));
    }
    Value x = model.rmsNorm("norm", h, "model.norm.weight", EPSILON);
    model.logits(model.logitsLinear("lm_head", x, table));
    return model.build();
  }

  private Value attention(ModelBuilder layer, Value h, RotarySpec rotary) {
    Value x = layer.rmsNorm("attention.norm", h, "input_layernorm.weight", EPSILON);
    Value q = layer.linear("attention.q", x, "self_attn.q_proj", HEADS.queryColumns(), qkvBias);
    Value k = layer.linear("attention.k", x, "self_attn.k_proj", HEADS.keyValueColumns(), false);
    Value v = layer.linear("attention.v", x, "self_attn.v_proj", HEADS.keyValueColumns(), qkvBias);
    if (headNorms) {
      q = layer.headNorm("attention.q_norm", q, "self_attn.q_norm.weight", 16, EPSILON);
      k = layer.headNorm("attention.k_norm", k, "self_attn.k_norm.weight", 16, EPSILON);
    }
    q = layer.rope("attention.q_rope", q, rotary);
    k = layer.rope("attention.k_rope", k, rotary);
    Value a = layer.attention("attention", q, k, v, AttentionSpec.full(HEADS));
    Value out = layer.linear("attention.out", a, "self_attn.o_proj", HIDDEN, false);
    return layer.add("attention.residual", h, out);
  }

  private Value mlp(ModelBuilder layer, Value h) {
    Value x = layer.rmsNorm("mlp.norm", h, "post_attention_layernorm.weight", EPSILON);
    Value gate = layer.linear("mlp.gate", x, "mlp.gate_proj", intermediate, false);
    Value up = layer.linear("mlp.up", x, "mlp.up_proj", intermediate, false);
    Value product =
        layer.multiply(
            "mlp.product", layer.activate("mlp.silu", gate, ActivationFunction.SILU), up);
    Value out = layer.linear("mlp.down", product, "mlp.down_proj", HIDDEN, false);
    return layer.add("mlp.residual", h, out);
  }
}
