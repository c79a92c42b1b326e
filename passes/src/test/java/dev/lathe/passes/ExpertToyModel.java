package dev.lathe.passes;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.ExpertSpec;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;

/// A model of toy size whose feed-forward layers are mixtures of experts.
///
/// @param normalise true: the weights of a row's experts sum to 1
public record ExpertToyModel(boolean normalise) {
  private static final int HIDDEN = 32;
  private static final int WIDTH = 24;
  private static final int EXPERTS = 5;
  private static final float EPSILON = 1e-5f;
  private static final Heads HEADS = new Heads(2, 1, 16);

  public Graph graph() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 17);
    Value table = model.weight("embedding", "table", ToyModel.VOCABULARY, HIDDEN);
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < 2; i++) {
      h = layer(model.within("layers." + i, "layers." + i), h);
    }
    Value last = model.rmsNorm("norm", h, "norm.weight", EPSILON);
    model.logits(model.logitsLinear("lm_head", last, table));
    return model.build();
  }

  private Value layer(ModelBuilder layer, Value h) {
    Value x = layer.rmsNorm("attention.norm", h, "norm1.weight", EPSILON);
    Value query = layer.linear("attention.q", x, "q", HEADS.queryColumns(), false);
    Value key = layer.linear("attention.k", x, "k", HEADS.keyValueColumns(), false);
    Value value = layer.linear("attention.v", x, "v", HEADS.keyValueColumns(), false);
    Value context = layer.attention("attention", query, key, value, AttentionSpec.full(HEADS));
    Value middle =
        layer.add(
            "attention.residual", h, layer.linear("attention.out", context, "o", HIDDEN, false));
    Value in = layer.rmsNorm("mlp.norm", middle, "norm2.weight", EPSILON);
    Value logits = layer.logitsLinear("mlp.router", in, "router.weight", EXPERTS);
    Value gateUp = layer.weight("mlp.gate_up", "gate_up", EXPERTS, 2 * WIDTH, HIDDEN);
    Value down = layer.weight("mlp.down", "down", EXPERTS, HIDDEN, WIDTH);
    ExpertSpec spec = new ExpertSpec(2, normalise, ActivationFunction.SILU);
    Value out = layer.experts("mlp", in, logits, gateUp, down, spec);
    return layer.add("mlp.residual", middle, out);
  }
}
