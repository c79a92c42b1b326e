package dev.lathe.passes;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.List;

/// A model of toy size with what models of the Llama kind do not have: learned positions, layer
/// norms, scales, soft caps, slopes, offsets of norm weights, parallel and scaled residuals.
///
/// @param function of the feed-forward layer
/// @param gated true: a second projection is gated by it
/// @param bothDirections true: as an encoder attends
public record GptToyModel(ActivationFunction function, boolean gated, boolean bothDirections) {
  private static final int HIDDEN = 32;
  private static final int WIDTH = 48;
  private static final float EPSILON = 1e-5f;
  private static final Heads HEADS = new Heads(2, 1, 16);

  public Graph graph() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 11);
    Value table = model.weight("embedding", "wte.weight", ToyModel.VOCABULARY, HIDDEN);
    Value positions = model.weight("positions", "wpe.weight", 64, HIDDEN);
    Value h =
        model.add(
            "embedding.sum",
            model.scale("embedding.scale", model.embedding("embedding", table), 5.5f),
            model.positionEmbedding("positions", positions));
    for (int i = 0; i < 2; i++) {
      h = layer(model.within("layers." + i, "h." + i), h);
    }
    Value last = model.layerNorm("norm", h, "ln_f", EPSILON);
    Value logits = model.logitsLinear("lm_head", last, table);
    model.logits(model.softCap("cap", model.scale("scale", logits, 0.125f), 30));
    return model.build();
  }

  private Value layer(ModelBuilder layer, Value h) {
    Value x = layer.layerNorm("attention.norm", h, "ln_1", EPSILON);
    Value attended = attention(layer, x);
    Value scaled = layer.scale("attention.scale", attended, 0.22f);
    Value mlp = layer.rmsNorm("mlp.norm", mlp(layer, x), offsetWeight(layer, HIDDEN), EPSILON, 1);
    return layer.add("mlp.residual", layer.add("attention.residual", h, scaled), mlp);
  }

  private Value attention(ModelBuilder layer, Value x) {
    Value qkv = layer.linear("attention.qkv", x, "c_attn", HEADS.qkvColumns(), true);
    Value query = layer.sliceColumns("attention.q", qkv, 0, 32);
    Value key = layer.sliceColumns("attention.k", qkv, 32, 48);
    Value value = layer.sliceColumns("attention.v", qkv, 48, 64);
    Value gain = layer.weight("attention.q.norm", "q_norm.weight", 32);
    query = layer.rmsNorm("attention.q.norm", query, gain, EPSILON, 1);
    AttentionSpec spec =
        AttentionSpec.full(HEADS)
            .withSoftCap(0.5)
            .withSlopes(layer.numbers("slopes", List.of(0.5, 0.25)));
    Value context =
        layer.attention(
            "attention", query, key, value, bothDirections ? spec.inBothDirections() : spec);
    return layer.linear("attention.out", context, "c_proj", HIDDEN, true);
  }

  private static Value offsetWeight(ModelBuilder layer, int columns) {
    return layer.weight("mlp.norm", "mlp_norm.weight", columns);
  }

  private Value mlp(ModelBuilder layer, Value x) {
    Value up = layer.linear("mlp.up", x, "c_fc", WIDTH, true);
    Value activated = layer.activate("mlp.activation", up, function);
    Value product =
        gated
            ? layer.multiply(
                "mlp.product", layer.linear("mlp.gate", x, "c_gate", WIDTH, false), activated)
            : activated;
    return layer.linear("mlp.down", product, "c_down", HIDDEN, true);
  }
}
