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
    Vocabulary vocabulary = Vocabulary.of(config, model, "embed_in.weight");
    RotarySpec rotary =
        new RotaryTables(config, options, model)
            .halves("rotary", config.rotaryOfPart(ROTATED_PART));
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h, rotary);
    }
    Value last = model.layerNorm("norm", h, "final_layer_norm", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "embed_out.weight"));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, RotarySpec rotary) {
    boolean parallel = config.fields().flag("use_parallel_residual").orElse(true);
    float epsilon = config.epsilon();
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", epsilon);
    Value middle = layer.add("attention.residual", h, attention(config, layer, x, rotary));
    Value in =
        layer.layerNorm("mlp.norm", parallel ? h : middle, "post_attention_layernorm", epsilon);
    Value out =
        FeedForward.of(config, true).plain(layer, in, "mlp.dense_h_to_4h", "mlp.dense_4h_to_h");
    return layer.add("mlp.residual", middle, out);
  }

  private static Value attention(
      ModelConfig config, ModelBuilder layer, Value in, RotarySpec rotary) {
    AttentionSpec spec = AttentionSpec.full(config.attentionHeads());
    boolean bias = config.fields().flag("attention_bias").orElse(true);
    Value context =
        MergedProjection.byKeyValueHead(layer, in, "attention.query_key_value", spec.heads(), bias)
            .rotated(rotary)
            .attend(spec);
    return layer.linear("attention.out", context, "attention.dense", config.hiddenSize(), bias);
  }
}
