package dev.lathe.frontend.config;

import dev.lathe.engine.type.DType;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.Heads;
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
/// @param activation name of the feed-forward layer's function, see [#activationFunction]
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
    String activation,
    ConfigFields fields) {
  private static final int MAX_VOCABULARY = 1 << 24;
  private static final int MAX_WIDTH = 1 << 22;
  private static final int MAX_LAYERS = 1 << 12;
  private static final int MAX_HEADS = 1 << 14;
  private static final int MAX_HEAD_DIM = 1 << 12;
  private static final int MAX_POSITIONS = 1 << 26;

  public ModelConfig {
    endIds = List.copyOf(endIds);
  }

  /// Reads the fields that decoders have in common.
  ///
  /// @param file `config.json`
  /// @param generation `generation_config.json`, if there is one
  public static ModelConfig read(
      ConfigFields file, Optional<ConfigFields> generation, FamilyDefaults defaults) {
    ConfigFields config =
        defaults.nested().map(file::overriddenBy).orElse(file).withNames(defaults.names());
    refuseQuantization(config);
    int hidden = config.requiredInteger("hidden_size", 1, MAX_WIDTH);
    int heads = config.requiredInteger("num_attention_heads", 1, MAX_HEADS);
    int vocabulary = config.requiredInteger("vocab_size", 1, MAX_VOCABULARY);
    var tokens = new SpecialTokens(config, generation, vocabulary);
    return new ModelConfig(
        architecture(file),
        dtype(config),
        vocabulary,
        hidden,
        intermediateSize(config, hidden, defaults),
        config.requiredInteger("num_hidden_layers", 1, MAX_LAYERS),
        heads,
        keyValueHeads(config, heads, defaults),
        headDim(config, hidden, heads, defaults),
        config.integer("max_position_embeddings", 1, MAX_POSITIONS).orElse(defaults.maxPositions()),
        config.number("rms_norm_eps", 0, 1).orElse(defaults.epsilon()).floatValue(),
        config.flag("tie_word_embeddings").orElse(defaults.tiedEmbeddings()),
        tokens.beginId(),
        tokens.endIds(),
        config.text("hidden_act").orElse(defaults.activation()),
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

  private static int intermediateSize(ConfigFields config, int hidden, FamilyDefaults defaults) {
    String field = "intermediate_size";
    Optional<Integer> absent = defaults.innerFactor().map(factor -> factor * hidden);
    return config
        .integer(field, 1, MAX_WIDTH)
        .or(() -> absent)
        .orElseThrow(() -> config.missing(field));
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

  /// The rotary embedding.
  ///
  /// @throws ConfigException if its fields are bad, or it is of a kind that is not supported
  public RotaryConfig rotary() {
    return RotaryConfig.read(fields);
  }

  /// The rotary embedding of a family that rotates a part of each head.
  ///
  /// @param absentPart what is rotated where the configuration does not say
  /// @throws ConfigException as [#rotary()]
  public RotaryConfig rotaryOfPart(double absentPart) {
    return RotaryConfig.read(fields, absentPart);
  }

  /// The rotary embedding of a family that rotates whole heads.
  ///
  /// @throws ConfigException also if the configuration asks for less
  public RotaryConfig rotaryOfWholeHeads() {
    RotaryConfig rotary = rotary();
    if (rotary.part() != 1) {
      throw fields.unsupported("partial_rotary_factor", String.valueOf(rotary.part()), "1");
    }
    return rotary;
  }

  /// Query heads, key and value heads, and their size.
  public Heads attentionHeads() {
    return new Heads(heads, keyValueHeads, headDim);
  }

  /// Positions of the longest sequence of an engine, of a model that has a table of learned ones.
  ///
  /// @param wanted what the user asks for
  /// @throws ConfigException if the table has fewer
  public int learnedPositions(Optional<Integer> wanted) {
    wanted
        .filter(positions -> positions > maxPositions)
        .ifPresent(positions -> {
          throw new ConfigException(
              ConfigError.POSITIONS,
              fields.at("max_position_embeddings")
                  + " is "
                  + maxPositions
                  + ": the model has not learned the positions of "
                  + positions
                  + " tokens");
        });
    return maxPositions;
  }

  /// The activation of the feed-forward layer.
  ///
  /// @throws ConfigException if its name is unknown
  public ActivationFunction activationFunction() {
    return switch (activation) {
      case "silu", "swish" -> ActivationFunction.SILU;
      case "relu" -> ActivationFunction.RELU;
      case "gelu", "gelu_python" -> ActivationFunction.GELU;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate" ->
          ActivationFunction.GELU_TANH;
      case "quick_gelu" -> ActivationFunction.GELU_QUICK;
      default ->
          throw fields.unsupported(
              "hidden_act",
              activation,
              "silu, swish, relu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu");
    };
  }

  /// Refuses a feature that the family's configuration class has and its importer has not.
  ///
  /// @param field a flag that must be false, or absent
  public void requireOff(String field) {
    if (fields.flag(field).orElse(false)) {
      throw fields.unsupported(field, "true", "false");
    }
  }
}
