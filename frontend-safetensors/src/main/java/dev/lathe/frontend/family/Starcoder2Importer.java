package dev.lathe.frontend.family;

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
import java.util.Map;
import java.util.Optional;

/// StarCoder2: rotary embedding and grouped heads as Llama, with layer norms, biases and a
/// feed-forward layer without a gate.
public final class Starcoder2Importer implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of("rms_norm_eps", List.of("norm_epsilon"));

  @Override
  public String id() {
    return "starcoder2";
  }

  @Override
  public List<String> architectures() {
    return List.of("Starcoder2ForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return new FamilyDefaults(true, 4096, Optional.of(2), Optional.empty())
        .withEpsilon(1e-5)
        .withActivation("gelu_pytorch_tanh")
        .withNames(NAMES);
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
    List<Integer> windows = AttentionWindows.ofAllLayersIfAny(config);
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      AttentionSpec spec = AttentionSpec.full(config.attentionHeads()).withWindow(windows.get(i));
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary, spec);
    }
    Value last = model.layerNorm("norm", h, "norm", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static Value layer(
      ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary, AttentionSpec spec) {
    boolean bias = config.fields().flag("use_bias").orElse(true);
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", config.epsilon());
    Value context =
        QueryKeyValue.projected(layer, x, "self_attn", spec.heads(), bias)
            .rotated(rotary)
            .attend(spec);
    Value attended =
        layer.linear("attention.out", context, "self_attn.o_proj", config.hiddenSize(), bias);
    Value middle = layer.add("attention.residual", h, attended);
    Value in = layer.layerNorm("mlp.norm", middle, "post_attention_layernorm", config.epsilon());
    Value down = FeedForward.of(config, bias).plain(layer, in, "mlp.c_fc", "mlp.c_proj");
    return layer.add("mlp.residual", middle, down);
  }
}
