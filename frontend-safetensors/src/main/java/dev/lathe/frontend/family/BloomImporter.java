package dev.lathe.frontend.family;

import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Map;

/// BLOOM: no positions but slopes of attention scores, a norm of the embeddings, biases everywhere;
/// the rows of each head's query, key and value lie together. Names begin with `transformer.` or
/// not.
public final class BloomImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "hidden_size", List.of("n_embed", "hidden_size"),
          "num_hidden_layers", List.of("n_layer", "num_hidden_layers"),
          "num_attention_heads", List.of("n_head", "num_attention_heads"),
          "intermediate_size", List.of("n_inner"),
          "max_position_embeddings", List.of("seq_length"),
          "rms_norm_eps", List.of("layer_norm_epsilon"));
  private static final String TABLE = "word_embeddings.weight";

  @Override
  public String id() {
    return "bloom";
  }

  @Override
  public List<String> architectures() {
    return List.of("BloomForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(true, 2048).withEpsilon(1e-5).withInnerFactor(4).withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return false;
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.hasTensor(TABLE) ? outer : outer.within("", "transformer");
    float epsilon = config.epsilon();
    Vocabulary vocabulary = Vocabulary.of(config, model, TABLE);
    Value slopes = model.numbers("slopes", AlibiSlopes.of(config.heads(), 1));
    AttentionSpec spec = AttentionSpec.full(config.attentionHeads()).withSlopes(slopes);
    Value h =
        model.layerNorm(
            "embedding.norm", vocabulary.embed(model), "word_embeddings_layernorm", epsilon);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "h." + i), h, spec);
    }
    Value last = model.layerNorm("norm", h, "ln_f", epsilon);
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, AttentionSpec spec) {
    boolean addsNormed =
        config.fields().flag("apply_residual_connection_post_layernorm").orElse(false);
    int hidden = config.hiddenSize();
    Value x = layer.layerNorm("attention.norm", h, "input_layernorm", config.epsilon());
    Value context =
        MergedProjection.byKeyValueHead(
                layer, x, "self_attention.query_key_value", spec.heads(), true)
            .attend(spec);
    Value attended = layer.linear("attention.out", context, "self_attention.dense", hidden, true);
    Value middle = layer.add("attention.residual", addsNormed ? x : h, attended);
    Value in = layer.layerNorm("mlp.norm", middle, "post_attention_layernorm", config.epsilon());
    Value down =
        new FeedForward(config.intermediateSize(), hidden, ActivationFunction.GELU_TANH, true)
            .plain(layer, in, "mlp.dense_h_to_4h", "mlp.dense_4h_to_h");
    return layer.add("mlp.residual", addsNormed ? in : middle, down);
  }
}
