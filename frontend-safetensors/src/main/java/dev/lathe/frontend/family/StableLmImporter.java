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
import java.util.Map;

/// StableLM: as Llama, with norms of mean and variance, rotation of the first quarter of each head,
/// and in one form both branches side by side behind one norm.
public final class StableLmImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of("rms_norm_eps", List.of("layer_norm_eps"));
  private static final double ROTATED_PART = 0.25;

  @Override
  public String id() {
    return "stablelm";
  }

  @Override
  public List<String> architectures() {
    return List.of("StableLmForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 4096).withEpsilon(1e-5).withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return GatedDecoder.isRotaryBuffer(tensor);
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    config.requireOff("qk_layernorm");
    ModelBuilder model = outer.within("", "model");
    Vocabulary vocabulary = Vocabulary.of(config, model, "embed_tokens.weight");
    RotarySpec rotary =
        new RotaryTables(config, options, model)
            .halves("rotary", config.rotaryOfPart(ROTATED_PART));
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.layerNorm("norm", h, "norm", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    boolean parallel = config.fields().flag("use_parallel_residual").orElse(false);
    float epsilon = config.epsilon();
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", epsilon);
    Value middle = layer.add("attention.residual", h, attention(config, layer, x, rotary));
    Value in =
        parallel ? x : layer.layerNorm("mlp.norm", middle, "post_attention_layernorm", epsilon);
    return layer.add("mlp.residual", middle, FeedForward.of(config, false).gated(layer, in));
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    Heads heads = config.attentionHeads();
    boolean bias = config.fields().flag("use_qkv_bias").orElse(false);
    Value context =
        QueryKeyValue.projected(layer, in, "self_attn", heads, bias)
            .rotated(rotary)
            .attend(AttentionSpec.full(heads));
    return layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), false);
  }
}
