package dev.lathe.frontend.family;

import dev.lathe.frontend.config.ConfigFields;
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
import java.util.Optional;

/// Falcon in its three forms: one KV head and one norm for both branches of a layer (7B), groups
/// and a norm for each branch (40B, 180B, with `new_decoder_architecture`), and one branch after
/// the other with slopes instead of rotation (RW).
public final class FalconImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "num_hidden_layers", List.of("num_hidden_layers", "n_layer"),
          "num_attention_heads", List.of("num_attention_heads", "n_head"),
          "num_key_value_heads", List.of("num_kv_heads", "n_head_kv"),
          "intermediate_size", List.of("ffn_hidden_size"),
          "rms_norm_eps", List.of("layer_norm_epsilon"),
          "hidden_act", List.of("activation"));

  @Override
  public String id() {
    return "falcon";
  }

  @Override
  public List<String> architectures() {
    return List.of("FalconForCausalLM", "RWForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(true, 2048)
        .withEpsilon(1e-5)
        .withActivation("gelu")
        .withInnerFactor(4)
        .withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return false;
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    ModelBuilder model = outer.within("", "transformer");
    Vocabulary vocabulary = Vocabulary.of(config, model, "word_embeddings.weight");
    Layers layers = Layers.of(config, options, model);
    Value h = vocabulary.embed(model);
    for (int i = 0; i < config.layers(); i++) {
      h = layers.layer(model.within("layers." + i, "h." + i), h);
    }
    Value last = model.layerNorm("norm", h, "ln_f", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  /// What all layers have in common.
  ///
  /// @param stacked rows of the projection lie as attention takes them
  /// @param parallel the branches run side by side
  /// @param twoNorms a norm for each branch
  private record Layers(
      ModelConfig config,
      AttentionSpec spec,
      Optional<RotarySpec> rotary,
      boolean stacked,
      boolean parallel,
      boolean twoNorms,
      boolean bias) {

    /// Groups of heads are the form of 40B and 180B.
    static Layers of(ModelConfig config, ImportOptions options, ModelBuilder model) {
      ConfigFields fields = config.fields();
      boolean grouped = fields.flag("new_decoder_architecture").orElse(false);
      boolean stacked = !grouped && fields.flag("multi_query").orElse(true);
      boolean parallel = grouped || fields.flag("parallel_attn").orElse(true);
      int norms = fields.integer("num_ln_in_parallel_attn", 1, 2).orElse(grouped ? 2 : 1);
      boolean alibi = fields.flag("alibi").orElse(false);
      int keyValueHeads = grouped ? config.keyValueHeads() : stacked ? 1 : config.heads();
      Heads heads = new Heads(config.heads(), keyValueHeads, config.headDim());
      AttentionSpec spec = AttentionSpec.full(heads);
      Optional<RotarySpec> rotary =
          alibi
              ? Optional.empty()
              : Optional.of(
                  new RotaryTables(config, options, model)
                      .halves("rotary", config.rotaryOfWholeHeads()));
      return new Layers(
          config,
          alibi ? spec.withSlopes(slopes(config, spec, model)) : spec,
          rotary,
          stacked,
          parallel,
          grouped && norms == 2,
          fields.flag("bias").orElse(false));
    }

    /// Slopes are scaled with the products.
    private static Value slopes(ModelConfig config, AttentionSpec spec, ModelBuilder model) {
      return model.numbers("slopes", AlibiSlopes.of(config.heads(), spec.scale()));
    }

    Value layer(ModelBuilder layer, Value h) {
      float epsilon = config.epsilon();
      String first = twoNorms ? "ln_attn" : "input_layernorm";
      Value x = layer.layerNorm("attention.norm", h, first, epsilon);
      Value middle = layer.add("attention.residual", h, attention(layer, x));
      Value in = x;
      if (twoNorms) {
        in = layer.layerNorm("mlp.norm", h, "ln_mlp", epsilon);
      } else if (!parallel) {
        in = layer.layerNorm("mlp.norm", middle, "post_attention_layernorm", epsilon);
      }
      Value out =
          FeedForward.of(config, bias).plain(layer, in, "mlp.dense_h_to_4h", "mlp.dense_4h_to_h");
      return layer.add("mlp.residual", middle, out);
    }

    private Value attention(ModelBuilder layer, Value in) {
      String module = "self_attention.query_key_value";
      Heads heads = spec.heads();
      QueryKeyValue qkv =
          stacked
              ? MergedProjection.inOrder(layer, in, module, heads, bias)
              : MergedProjection.byKeyValueHead(layer, in, module, heads, bias);
      Value context = rotary.map(qkv::rotated).orElse(qkv).attend(spec);
      return layer.linear(
          "attention.out", context, "self_attention.dense", config.hiddenSize(), bias);
    }
  }
}
