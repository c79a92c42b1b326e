package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;

/// Phi-3 and what followed in its architecture: Phi-3.5, Phi-4. As Llama, with one projection to
/// queries, keys and values and one to gate and up, and with rotary scaling `longrope`.
public final class Phi3Importer implements ModelImporter {

  @Override
  public String id() {
    return "phi3";
  }

  @Override
  public List<String> architectures() {
    return List.of("Phi3ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 4096).withEpsilon(1e-5);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "model");
    Vocabulary vocabulary = Vocabulary.of(config, model, "embed_tokens.weight");
    RotarySpec rotary = new RotaryTables(config, options, model).halves("rotary", config.rotary());
    List<Integer> windows = AttentionWindows.ofAllLayersIfAny(config);
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      AttentionSpec spec = AttentionSpec.full(config.attentionHeads()).withWindow(windows.get(i));
      h = layer(config, model.within("layers." + i, "layers." + i), h, spec, rotary);
    }
    Value last = model.rmsNorm("norm", h, "norm.weight", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static Value layer(
      ModelConfig config, ModelBuilder layer, Value h, AttentionSpec spec, RotarySpec rotary) {
    float epsilon = config.epsilon();
    int hidden = config.hiddenSize();
    Value x = layer.rmsNorm("attention.norm", h, "input_layernorm.weight", epsilon);
    Value context =
        MergedProjection.inOrder(layer, x, "self_attn.qkv_proj", spec.heads(), false)
            .rotated(rotary)
            .attend(spec);
    Value attended = layer.linear("attention.out", context, "self_attn.o_proj", hidden, false);
    Value middle = layer.add("attention.residual", h, attended);
    Value in = layer.rmsNorm("mlp.norm", middle, "post_attention_layernorm.weight", epsilon);
    return layer.add("mlp.residual", middle, feedForward(config, layer, in));
  }

  /// The two halves of the projection's rows are gate and up.
  private static Value feedForward(ModelConfig config, ModelBuilder layer, Value in) {
    int width = config.intermediateSize();
    int hidden = config.hiddenSize();
    WeightExpr both = layer.tensor("mlp.gate_up_proj.weight", 2L * width, hidden);
    Value gate = layer.weight("mlp.gate", new WeightExpr.Slice(both, 0, 0, width), width, hidden);
    Value up =
        layer.weight("mlp.up", new WeightExpr.Slice(both, 0, width, 2L * width), width, hidden);
    return FeedForward.of(config, false)
        .gated(
            layer,
            layer.linear("mlp.gate", in, gate, Optional.empty()),
            layer.linear("mlp.up", in, up, Optional.empty()));
  }
}
