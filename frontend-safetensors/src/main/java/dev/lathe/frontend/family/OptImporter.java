package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Map;

/// OPT: learned positions, the first two rows of whose table nobody uses, layer norms before or
/// after, and for one size an embedding narrower than the model.
public final class OptImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "intermediate_size", List.of("ffn_dim"),
          "rms_norm_eps", List.of("layer_norm_eps"),
          "hidden_act", List.of("activation_function"));
  private static final int UNUSED_POSITIONS = 2;
  private static final int MAX_WIDTH = 1 << 22;

  @Override
  public String id() {
    return "opt";
  }

  @Override
  public List<String> architectures() {
    return List.of("OPTForCausalLM");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(true, 2048).withEpsilon(1e-5).withActivation("relu").withNames(NAMES);
  }

  @Override
  public boolean ignores(String tensor) {
    return false;
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    if (!config.fields().flag("layer_norm_elementwise_affine").orElse(true)) {
      throw config.fields().unsupported("layer_norm_elementwise_affine", "false", "true");
    }
    boolean isOlder = outer.hasTensor("decoder.embed_tokens.weight");
    ModelBuilder model = outer.within("", isOlder ? "decoder" : "model.decoder");
    int width =
        config.fields().integer("word_embed_proj_dim", 1, MAX_WIDTH).orElse(config.hiddenSize());
    boolean projects = width != config.hiddenSize();
    Value table = model.weight("embedding", "embed_tokens.weight", config.vocabularySize(), width);
    Value h = model.embedding("embedding", table);
    if (projects) {
      h = model.linear("embedding.in", h, "project_in", config.hiddenSize(), false);
    }
    h = model.add("embedding.sum", h, positions(config, options, model));
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "layers." + i), h);
    }
    if (normsFirst(config) && !config.fields().flag("_remove_final_layer_norm").orElse(false)) {
      h = model.layerNorm("norm", h, "final_layer_norm", config.epsilon());
    }
    if (projects) {
      h = model.linear("embedding.out", h, "project_out", width, false);
    }
    model.logits(
        config.tiedEmbeddings()
            ? model.logitsLinear("lm_head", h, table)
            : outer.logitsLinear("lm_head", h, "lm_head.weight", config.vocabularySize()));
  }

  private static Value positions(ModelConfig config, ImportOptions options, ModelBuilder model) {
    int rows = config.learnedPositions(options.positions());
    int hidden = config.hiddenSize();
    WeightExpr all = model.tensor("embed_positions.weight", (long) rows + UNUSED_POSITIONS, hidden);
    WeightExpr used =
        new WeightExpr.Slice(all, 0, UNUSED_POSITIONS, (long) rows + UNUSED_POSITIONS);
    return model.positionEmbedding(
        "embedding.positions", model.weight("embedding.positions", used, rows, hidden));
  }

  private static boolean normsFirst(ModelConfig config) {
    return config.fields().flag("do_layer_norm_before").orElse(true);
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h) {
    float epsilon = config.epsilon();
    boolean first = normsFirst(config);
    Value x = first ? layer.layerNorm("attention.norm", h, "self_attn_layer_norm", epsilon) : h;
    Value middle = layer.add("attention.residual", h, attention(config, layer, x));
    if (!first) {
      middle = layer.layerNorm("attention.norm", middle, "self_attn_layer_norm", epsilon);
    }
    Value in = first ? layer.layerNorm("mlp.norm", middle, "final_layer_norm", epsilon) : middle;
    Value out = FeedForward.of(config, hasBias(config)).plain(layer, in, "fc1", "fc2");
    Value end = layer.add("mlp.residual", middle, out);
    return first ? end : layer.layerNorm("mlp.norm", end, "final_layer_norm", epsilon);
  }

  private static Value attention(ModelConfig config, ModelBuilder layer, Value in) {
    Heads heads = config.attentionHeads();
    boolean bias = hasBias(config);
    Value context =
        QueryKeyValue.projected(layer, in, "self_attn", heads, bias)
            .attend(AttentionSpec.full(heads));
    return layer.linear("attention.out", context, "self_attn.out_proj", config.hiddenSize(), bias);
  }

  private static boolean hasBias(ModelConfig config) {
    return config.fields().flag("enable_bias").orElse(true);
  }
}
