package dev.lathe.frontend.family;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.frontend.config.FamilyDefaults;
import dev.lathe.frontend.config.ModelConfig;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.frontend.spi.ModelImporter;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.AttentionSpec;
import dev.lathe.ir.Heads;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// GPT-2: learned positions, layer norms, biases everywhere, one projection to queries, keys and
/// values. Weights are stored `(in, out)`; names begin with `transformer.` or not.
public final class Gpt2Importer implements ModelImporter {
  /// The names that fields had in the first decoders.
  static final Map<String, List<String>> NAMES =
      Map.of(
          "hidden_size", List.of("n_embd", "hidden_size"),
          "num_hidden_layers", List.of("n_layer", "num_hidden_layers"),
          "num_attention_heads", List.of("n_head", "num_attention_heads"),
          "intermediate_size", List.of("n_inner"),
          "max_position_embeddings", List.of("n_positions", "max_position_embeddings", "n_ctx"),
          "rms_norm_eps", List.of("layer_norm_epsilon"),
          "hidden_act", List.of("activation_function"));

  private static final Pattern BUFFER =
      Pattern.compile("(transformer\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)");
  private static final String TABLE = "wte.weight";

  @Override
  public String id() {
    return "gpt2";
  }

  @Override
  public List<String> architectures() {
    return List.of("GPT2LMHeadModel");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(true, 1024)
        .withEpsilon(1e-5)
        .withActivation("gelu_new")
        .withInnerFactor(4)
        .withNames(NAMES);
  }

  /// Masks that follow from the positions.
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches();
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    config.requireOff("add_cross_attention");
    ModelBuilder model = outer.hasTensor(TABLE) ? outer : outer.within("", "transformer");
    int hidden = config.hiddenSize();
    int positions = config.learnedPositions(options.positions());
    Vocabulary vocabulary = Vocabulary.of(config, model, TABLE);
    Value h =
        model.add(
            "embedding.sum",
            vocabulary.embed(model),
            model.positionEmbedding(
                "embedding.positions",
                model.weight("embedding.positions", "wpe.weight", positions, hidden)));
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "h." + i), h, spec(config, i));
    }
    Value last = model.layerNorm("norm", h, "ln_f", config.epsilon());
    model.logits(vocabulary.logits(outer, last, "lm_head.weight"));
  }

  private static AttentionSpec spec(ModelConfig config, int layer) {
    boolean scaled = config.fields().flag("scale_attn_weights").orElse(true);
    boolean byLayer = config.fields().flag("scale_attn_by_inverse_layer_idx").orElse(false);
    double scale = scaled ? 1 / Math.sqrt(config.headDim()) : 1;
    return AttentionSpec.full(config.attentionHeads())
        .withScale(byLayer ? scale / (layer + 1) : scale);
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h, AttentionSpec spec) {
    float epsilon = config.epsilon();
    Heads heads = spec.heads();
    ActivationFunction function = config.activationFunction();
    Value x = layer.layerNorm("attention.norm", h, "ln_1", epsilon);
    Value qkv = transposed(layer, "attention.qkv", x, "attn.c_attn", heads.qkvColumns());
    Value context = QueryKeyValue.split(layer, qkv, heads).attend(spec);
    Value attended =
        transposed(layer, "attention.out", context, "attn.c_proj", config.hiddenSize());
    Value middle = layer.add("attention.residual", h, attended);
    Value in = layer.layerNorm("mlp.norm", middle, "ln_2", epsilon);
    Value up = transposed(layer, "mlp.up", in, "mlp.c_fc", config.intermediateSize());
    Value activated = layer.activate("mlp.activation", up, function);
    Value down = transposed(layer, "mlp.down", activated, "mlp.c_proj", config.hiddenSize());
    return layer.add("mlp.residual", middle, down);
  }

  /// A projection with a bias, whose weight is stored `(in, out)`.
  private static Value transposed(
      ModelBuilder layer, String name, Value in, String module, long columns) {
    long rows = in.type().columns();
    WeightExpr weight = new WeightExpr.Transpose(layer.tensor(module + ".weight", rows, columns));
    return layer.linear(
        name,
        in,
        layer.weight(name, weight, columns, rows),
        Optional.of(layer.weight(name + ".bias", module + ".bias", columns)));
  }
}
