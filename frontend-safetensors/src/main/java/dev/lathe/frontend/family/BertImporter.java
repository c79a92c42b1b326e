package dev.lathe.frontend.family;

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
import java.util.Optional;
import java.util.regex.Pattern;

/// BERT: an encoder. Every token sees all others; positions and kinds of tokens are learned; norms
/// stand after each branch. With the head of masked tokens it gives logits, without one its last
/// activations. Names begin with `bert.` or not; older checkpoints call a norm's tensors gamma and
/// beta.
public final class BertImporter implements ModelImporter {
  private static final Map<String, List<String>> NAMES =
      Map.of("rms_norm_eps", List.of("layer_norm_eps"));
  private static final Pattern UNUSED =
      Pattern.compile(
          "(bert\\.)?(pooler\\..*|embeddings\\.position_ids)"
              + "|cls\\.seq_relationship\\..*|cls\\.predictions\\.decoder\\.bias");
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final int MAX_KINDS = 1 << 16;
  private static final int KINDS = 2;

  @Override
  public String id() {
    return "bert";
  }

  @Override
  public List<String> architectures() {
    return List.of("BertForMaskedLM", "BertForPreTraining", "BertModel");
  }

  @Override
  public FamilyDefaults defaults() {
    return FamilyDefaults.of(true, 512).withEpsilon(1e-12).withActivation("gelu").withNames(NAMES);
  }

  /// Heads that are not those of masked tokens, and what follows from the rest.
  @Override
  public boolean ignores(String tensor) {
    return UNUSED.matcher(tensor).matches();
  }

  @Override
  public void define(ModelConfig config, ImportOptions options, ModelBuilder outer) {
    refuse(config);
    ModelBuilder model = outer.hasTensor(WORDS) ? outer : outer.within("", "bert");
    Value words = model.weight("embedding", WORDS, config.vocabularySize(), config.hiddenSize());
    Value h = embeddings(config, options, model, words);
    for (int i = 0; i < config.layers(); i++) {
      h = layer(config, model.within("layers." + i, "encoder.layer." + i), h);
    }
    if (config.architecture().equals("BertModel")) {
      model.activations(h);
    } else {
      model.logits(maskedTokens(config, outer, h, words));
    }
  }

  private static void refuse(ModelConfig config) {
    config.requireOff("is_decoder");
    config.requireOff("add_cross_attention");
    config
        .fields()
        .text("position_embedding_type")
        .filter(type -> !type.equals("absolute"))
        .ifPresent(type -> {
          throw config.fields().unsupported("position_embedding_type", type, "absolute");
        });
  }

  private static Value embeddings(
      ModelConfig config, ImportOptions options, ModelBuilder model, Value words) {
    int hidden = config.hiddenSize();
    int rows = config.learnedPositions(options.positions());
    int kinds = config.fields().integer("type_vocab_size", 1, MAX_KINDS).orElse(KINDS);
    Value positions =
        model.weight("embedding.positions", "embeddings.position_embeddings.weight", rows, hidden);
    Value types =
        model.weight("embedding.types", "embeddings.token_type_embeddings.weight", kinds, hidden);
    Value typed =
        model.add(
            "embedding.typed",
            model.embedding("embedding", words),
            model.typeEmbedding("embedding.types", types));
    Value sum =
        model.add(
            "embedding.sum", typed, model.positionEmbedding("embedding.positions", positions));
    return norm(config, model, "embedding.norm", sum, "embeddings.LayerNorm");
  }

  private static Value norm(
      ModelConfig config, ModelBuilder model, String name, Value in, String module) {
    if (!model.hasTensor(module + ".gamma")) {
      return model.layerNorm(name, in, module, config.epsilon());
    }
    long columns = in.type().columns();
    Value weight = model.weight(name, module + ".gamma", columns);
    Value bias = model.weight(name + ".bias", module + ".beta", columns);
    return model.layerNorm(name, in, weight, bias, config.epsilon());
  }

  private static Value layer(ModelConfig config, ModelBuilder layer, Value h) {
    int hidden = config.hiddenSize();
    Value attended =
        layer.linear(
            "attention.out", attention(config, layer, h), "attention.output.dense", hidden, true);
    Value middle =
        norm(
            config,
            layer,
            "attention.norm",
            layer.add("attention.residual", h, attended),
            "attention.output.LayerNorm");
    Value down =
        FeedForward.of(config, true).plain(layer, middle, "intermediate.dense", "output.dense");
    return norm(
        config, layer, "mlp.norm", layer.add("mlp.residual", middle, down), "output.LayerNorm");
  }

  private static Value attention(ModelConfig config, ModelBuilder layer, Value in) {
    Heads heads = config.attentionHeads();
    long columns = heads.queryColumns();
    Value query = layer.linear("attention.q", in, "attention.self.query", columns, true);
    Value key = layer.linear("attention.k", in, "attention.self.key", columns, true);
    Value value = layer.linear("attention.v", in, "attention.self.value", columns, true);
    AttentionSpec spec = AttentionSpec.full(heads).inBothDirections();
    return layer.attention("attention", query, key, value, spec);
  }

  private static Value maskedTokens(ModelConfig config, ModelBuilder outer, Value h, Value words) {
    ModelBuilder head = outer.within("head", "cls.predictions");
    int vocabulary = config.vocabularySize();
    Value transformed = head.linear("up", h, "transform.dense", config.hiddenSize(), true);
    Value activated = head.activate("activation", transformed, config.activationFunction());
    Value normed = norm(config, head, "norm", activated, "transform.LayerNorm");
    Value decoder =
        config.tiedEmbeddings()
            ? words
            : head.weight("decoder", "decoder.weight", vocabulary, config.hiddenSize());
    Value bias = head.weight("decoder.bias", "bias", vocabulary);
    return head.logitsLinear("decoder", normed, decoder, Optional.of(bias));
  }
}
