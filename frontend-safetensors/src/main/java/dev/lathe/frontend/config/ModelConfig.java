package dev.lathe.frontend.config;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.Optional;

/// What the configuration of a decoder says, all checked.
///
/// @param architecture class name: `LlamaForCausalLM`
/// @param dtype type that the weights were saved in; empty if the configuration does not say
/// @param vocabularySize rows of the embedding table
/// @param intermediateSize width of the feed-forward layer
/// @param keyValueHeads divides `heads`
/// @param headDim even
/// @param maxPositions positions that the model was made for
/// @param epsilon of the norms
/// @param tiedEmbeddings true if the head is the embedding table
/// @param beginId token that starts a text
/// @param endIds tokens that end a generation, each once
/// @param fields the whole file, for what only one family knows
public record ModelConfig(
    String architecture,
    Optional<DType> dtype,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDim,
    int maxPositions,
    float epsilon,
    boolean tiedEmbeddings,
    Optional<Integer> beginId,
    List<Integer> endIds,
    RotaryConfig rotary,
    ConfigFields fields) {
  private static final int MAX_VOCABULARY = 1 << 24;
  private static final int MAX_WIDTH = 1 << 22;
  private static final int MAX_LAYERS = 1 << 12;
  private static final int MAX_HEADS = 1 << 14;
  private static final int MAX_HEAD_DIM = 1 << 12;
  private static final int MAX_POSITIONS = 1 << 26;
  private static final double DEFAULT_EPSILON = 1e-6;

  public ModelConfig {
    endIds = List.copyOf(endIds);
  }

  /// Reads the fields that decoders have in common.
  ///
  /// @param config `config.json`
  /// @param generation `generation_config.json`, if there is one
  public static ModelConfig read(
      ConfigFields config, Optional<ConfigFields> generation, FamilyDefaults defaults) {
    refuseQuantization(config);
    int hidden = config.requiredInteger("hidden_size", 1, MAX_WIDTH);
    int heads = config.requiredInteger("num_attention_heads", 1, MAX_HEADS);
    int vocabulary = config.requiredInteger("vocab_size", 1, MAX_VOCABULARY);
    var tokens = new SpecialTokens(config, generation, vocabulary);
    return new ModelConfig(
        architecture(config),
        dtype(config),
        vocabulary,
        hidden,
        config.requiredInteger("intermediate_size", 1, MAX_WIDTH),
        config.requiredInteger("num_hidden_layers", 1, MAX_LAYERS),
        heads,
        keyValueHeads(config, heads, defaults),
        headDim(config, hidden, heads, defaults),
        config.integer("max_position_embeddings", 1, MAX_POSITIONS).orElse(defaults.maxPositions()),
        config.number("rms_norm_eps", 0, 1).orElse(DEFAULT_EPSILON).floatValue(),
        config.flag("tie_word_embeddings").orElse(defaults.tiedEmbeddings()),
        tokens.beginId(),
        tokens.endIds(),
        RotaryConfig.read(config),
        config);
  }

  /// Name of the model's class.
  ///
  /// @throws ConfigException if the configuration has none
  public static String architecture(ConfigFields config) {
    return config.texts("architectures").stream()
        .findFirst()
        .orElseThrow(() -> config.missing("architectures"));
  }

  private static void refuseQuantization(ConfigFields config) {
    for (String name : List.of("quantization_config", "compression_config")) {
      config
          .object(name)
          .ifPresent(quantization -> {
            String method = quantization.text("quant_method").orElse("unnamed");
            throw config.unsupported(name, method, "none: weights in a float type");
          });
    }
  }

  private static Optional<DType> dtype(ConfigFields config) {
    Optional<DType> older = dtype(config, "torch_dtype");
    Optional<DType> newer = dtype(config, "dtype");
    if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
      throw new ConfigException(
          ConfigError.CONFLICT,
          config.at("dtype")
              + " is "
              + newer.get().text()
              + ", but torch_dtype is "
              + older.get().text());
    }
    return newer.or(() -> older);
  }

  private static Optional<DType> dtype(ConfigFields config, String field) {
    return config
        .text(field)
        .map(name ->
            switch (name.startsWith("torch.") ? name.substring(6) : name) {
              case "bfloat16" -> DType.BF16;
              case "float16", "half" -> DType.F16;
              case "float32", "float" -> DType.F32;
              default -> throw config.unsupported(field, name, "bfloat16, float16, float32");
            });
  }

  private static int keyValueHeads(ConfigFields config, int heads, FamilyDefaults defaults) {
    String field = "num_key_value_heads";
    int absent = config.mentions(field) ? heads : defaults.keyValueHeads().orElse(heads);
    int keyValueHeads = config.integer(field, 1, MAX_HEADS).orElse(absent);
    if (heads % keyValueHeads != 0) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          config.at(field)
              + " must divide num_attention_heads "
              + heads
              + ", but is "
              + keyValueHeads);
    }
    return keyValueHeads;
  }

  private static int headDim(ConfigFields config, int hidden, int heads, FamilyDefaults defaults) {
    Optional<Integer> absent = config.mentions("head_dim") ? Optional.empty() : defaults.headDim();
    int headDim =
        config.integer("head_dim", 1, MAX_HEAD_DIM).or(() -> absent).orElse(hidden / heads);
    if (!config.has("head_dim") && absent.isEmpty() && hidden % heads != 0) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          config.at("hidden_size")
              + " must be a multiple of num_attention_heads "
              + heads
              + ", but is "
              + hidden);
    }
    if (headDim < 2 || headDim % 2 != 0 || headDim > MAX_HEAD_DIM) {
      throw new ConfigException(
          ConfigError.FIELD_RANGE,
          config.at("head_dim")
              + " must be even and at most "
              + MAX_HEAD_DIM
              + ", but is "
              + headDim);
    }
    return headDim;
  }

  /// Checks the activation of the feed-forward layer, which these families call `hidden_act`.
  public void requireActivation(String... known) {
    String found = fields.text("hidden_act").orElse("silu");
    if (!List.of(known).contains(found)) {
      throw fields.unsupported("hidden_act", found, String.join(", ", known));
    }
  }
}
