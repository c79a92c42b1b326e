package dev.lathe.frontend.family;

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
import java.util.regex.Pattern;

/// GPT-NeoX and Pythia: attention and feed-forward layer side by side, each with a norm of its own,
/// or one after the other; the first quarter of each head is rotated; the rows of each head's
/// query, key and value lie together.
public final class GptNeoxImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "rms_norm_eps", List.of("layer_norm_eps"),
          "rope_theta", List.of("rotary_emb_base", "rope_theta"),
          "partial_rotary_factor", List.of("rotary_pct", "partial_rotary_factor"));
  private static final Pattern BUFFER =
      Pattern.compile(
          "gpt_neox\\.layers\\.\\d+\\.attention\\.(bias|masked_bias|rotary_emb\\.inv_freq)");
  private static final double ROTATED_PART = 0.25;

  @Override
  public String id() {
    return "gpt_neox";
  }

  @Override
  public List<String> architectures() {
    return List.of("GPTNeoXForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(false, 2048).withEpsilon(1e-5).withActivation("gelu").withNames(NAMES);
  }

  /// Masks that follow from the positions, and frequencies.
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches();
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "gpt_neox");
    Value table =
        model.weight("embedding", "embed_in.weight", config.vocabularySize(), config.hiddenSize());
    RotarySpec rotary =
        new RotaryTables(config, options, model)
            .halves("rotary", config.rotaryOfPart(ROTATED_PART));
    Value h = model.embedding("embedding", table);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.layerNorm("norm", h, "final_layer_norm", config.epsilon());
    model.logits(
        config.tiedEmbeddings()
            ? model.logitsLinear("lm_head", last, table)
            : outer.logitsLinear("lm_head", last, "embed_out.weight", config.vocabularySize()));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    boolean parallel = config.fields().flag("use_parallel_residual").orElse(true);
    float epsilon = config.epsilon();
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", epsilon);
    Value middle = layer.add("attention.residual", h, attention(config, layer, x, rotary));
    Value in =
        layer.layerNorm("mlp.norm", parallel ? h : middle, "post_attention_layernorm", epsilon);
    return layer.add("mlp.residual", middle, feedForward(config, layer, in));
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    AttentionSpec spec = AttentionSpec.full(config.attentionHeads());
    boolean bias = config.fields().flag("attention_bias").orElse(true);
    Value qkv =
        MergedProjection.byKeyValueHead(layer, in, "attention.query_key_value", spec.heads(), bias);
    Value context = MergedProjection.attend(layer, qkv, spec, Optional.of(rotary));
    return layer.linear("attention.out", context, "attention.dense", config.hiddenSize(), bias);
  }

  private static Value feedForward(ModelConfig config, ModelBuilder layer, Value in) {
    Value up = layer.linear("mlp.up", in, "mlp.dense_h_to_4h", config.intermediateSize(), true);
    Value activated = layer.activate("mlp.activation", up, config.activationFunction());
    return layer.linear("mlp.down", activated, "mlp.dense_4h_to_h", config.hiddenSize(), true);
  }
}
