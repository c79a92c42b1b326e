package dev.lathe.frontend.family;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.RotarySpec;
import dev.lathe.ir.Value;
import java.util.List;

/// OLMo 2: as Llama, but norms stand after attention and after the feed-forward layer, and queries
/// and keys are normalised over all heads at once.
public final class Olmo2Importer implements ModelImporter {

  @Override
  public String id() {
    return "olmo2";
  }

  @Override
  public List<String> architectures() {
    return List.of("Olmo2ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 2048).withEpsilon(1e-5);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "model");
    Vocabulary vocabulary = Vocabulary.of(config, model, "embed_tokens.weight");
    RotarySpec rotary =
        new RotaryTables(config, options, model).halves("rotary", config.rotaryOfWholeHeads());
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.rmsNorm("norm", h, "norm.weight", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    float epsilon = config.epsilon();
    Value attended = attention(config, layer, h, rotary);
    Value middle =
        layer.add(
            "attention.residual",
            h,
            layer.rmsNorm("attention.norm", attended, "post_attention_layernorm.weight", epsilon));
    Value out = FeedForward.of(config, false).gated(layer, middle);
    return layer.add(
        "mlp.residual",
        middle,
        layer.rmsNorm("mlp.norm", out, "post_feedforward_layernorm.weight", epsilon));
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    boolean bias = config.fields().flag("attention_bias").orElse(false);
    Heads heads = config.attentionHeads();
    Value context =
        QueryKeyValue.projected(layer, in, "self_attn", heads, bias)
            .normed((name, each, module) ->
                layer.rmsNorm(name, each, module + ".weight", config.epsilon()))
            .rotated(rotary)
            .attend(AttentionSpec.full(heads));
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), bias);
  }
}
