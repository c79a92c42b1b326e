package dev.lathe.frontend.layout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.frontend.config.ConfigError;
import dev.lathe.frontend.config.ConfigException;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.json.JsonFault;
import dev.lathe.frontend.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The `config.json` of the TensorRT-LLM layout, checked: what the shapes of its tensors follow
/// from, and all of it in the terms of the Hugging Face layout.
///
/// @param architecture that importers know
/// @param embedding spread of the table of embeddings
record RankedConfig(
    ConfigFields fields,
    JsonObject json,
    LayoutFamily family,
    String architecture,
    Parallelism ranks,
    AttentionShards attention,
    ExpertShards experts,
    int vocabulary,
    Spread embedding) {
  private static final int MAX_SIZE = 1 << 24;
  private static final double DEFAULT_EPSILON = 1e-5;
  private static final double MAX_THETA = 1e12;
  private static final String TIED = "tie_word_embeddings";
  private static final String HEAD_SIZE = "head_size";

  /// True for a configuration of this layout.
  static boolean recognises(ConfigFields fields) {
    return fields.has("architecture") && !fields.mentions("architectures");
  }

  /// @param where names the file in errors
  /// @throws ConfigException for a configuration that cannot be read as one of the known families
  static RankedConfig read(String where, byte[] text) {
    ConfigFields fields = ConfigFields.parse(where, text);
    LayoutFamily family = family(fields);
    refuseQuantization(fields);
    refusePositions(fields, family);
    JsonObject json = completed(fields, object(where, text));
    family.allowed().check(fields, json);
    int layers = fields.requiredInteger("num_hidden_layers", 1, MAX_SIZE);
    Parallelism ranks = Parallelism.read(fields, layers);
    AttentionShards attention = AttentionShards.read(fields, ranks.tensor());
    requireFullRotation(fields, attention);
    ExpertShards experts = ExpertShards.read(fields, ranks.tensor());
    if (ExpertShards.count(fields).isEmpty()) {
      requireDivided(fields, "intermediate_size", json.get("intermediate_size").getAsInt(), ranks);
    }
    int vocabulary = fields.requiredInteger("vocab_size", 1, MAX_SIZE);
    return new RankedConfig(
        fields,
        json,
        family,
        family.model(fields).orElseThrow().importer(),
        ranks,
        attention,
        experts,
        vocabulary,
        embedding(fields, ranks));
  }

  private static JsonObject object(String where, byte[] text) {
    try {
      return StrictJson.object(text);
    } catch (JsonFault e) {
      throw new ConfigException(ConfigError.SYNTAX, where + ": " + e.sentence(), e);
    }
  }

  private static LayoutFamily family(ConfigFields fields) {
    return LayoutFamily.all().stream()
        .filter(family -> family.model(fields).isPresent())
        .findFirst()
        .orElseThrow(() -> unknown(fields));
  }

  private static ConfigException unknown(ConfigFields fields) {
    List<LayoutModel> all =
        LayoutFamily.all().stream().flatMap(family -> family.models().stream()).toList();
    if (all.stream().anyMatch(model -> model.hasOtherExperts(fields))) {
      return ExpertShards.count(fields)
          .map(count ->
              ExpertShards.fields(fields).unsupported("num_experts", count.toString(), "0"))
          .orElseGet(() -> fields.missing("moe"));
    }
    String architecture = fields.text("architecture").orElseThrow();
    Optional<String> variant = fields.text("gpt_variant");
    return fields.unsupported(
        "architecture",
        new LayoutModel(architecture, variant, false, "").text(),
        all.stream().map(LayoutModel::text).distinct().sorted().collect(Collectors.joining(", ")));
  }

  private static void refuseQuantization(ConfigFields fields) {
    Optional<ConfigFields> quantization = fields.object("quantization");
    for (String name : List.of("quant_algo", "kv_cache_quant_algo")) {
      quantization
          .flatMap(quantized -> quantized.text(name))
          .ifPresent(algorithm -> {
            throw quantization.get().unsupported(name, algorithm, "none: weights in a float type");
          });
    }
    quantization // as the first versions wrote it
        .filter(quantized -> quantized.flag("use_weight_only").orElse(false))
        .ifPresent(quantized -> {
          throw quantized.unsupported("use_weight_only", "true", "false");
        });
  }

  private static void refusePositions(ConfigFields fields, LayoutFamily family) {
    String field = "position_embedding_type";
    fields
        .text(field)
        .filter(type -> !family.positions().contains(type))
        .ifPresent(type -> {
          throw fields.unsupported(field, type, String.join(", ", family.positions()));
        });
  }

  private static void requireFullRotation(ConfigFields fields, AttentionShards attention) {
    String field = "rotary_embedding_dim";
    fields
        .integer(field, 0, MAX_SIZE)
        .filter(size -> size != attention.headDim())
        .ifPresent(size -> {
          throw fields.unsupported(field, size.toString(), HEAD_SIZE + " " + attention.headDim());
        });
  }

  /// The fields with the values that absent ones stand for.
  private static JsonObject completed(ConfigFields fields, JsonObject json) {
    int hidden = fields.requiredInteger("hidden_size", 1, MAX_SIZE);
    int heads = fields.requiredInteger("num_attention_heads", 1, MAX_SIZE);
    JsonObject all = json.deepCopy();
    all.addProperty(
        "num_key_value_heads", fields.integer("num_key_value_heads", 1, heads).orElse(heads));
    all.addProperty(HEAD_SIZE, fields.integer(HEAD_SIZE, 1, MAX_SIZE).orElse(hidden / heads));
    all.addProperty(
        "intermediate_size", fields.integer("intermediate_size", 1, MAX_SIZE).orElse(4 * hidden));
    all.addProperty("norm_epsilon", fields.number("norm_epsilon", 0, 1).orElse(DEFAULT_EPSILON));
    fields.number("rotary_base", 1, MAX_THETA);
    fields.object("rotary_scaling").ifPresent(scaling -> complete(scaling, all));
    return all;
  }

  /// Llama 3 scaling with the factors of Llama 3.1, where they are not said.
  private static void complete(ConfigFields scaling, JsonObject all) {
    Optional<String> type = scaling.text("rope_type").or(() -> scaling.text("type"));
    if (type.equals(Optional.of("llama3"))) {
      JsonObject object = all.getAsJsonObject("rotary_scaling");
      addAbsent(object, "factor", 8);
      addAbsent(object, "low_freq_factor", 1);
      addAbsent(object, "high_freq_factor", 4);
      addAbsent(object, "original_max_position_embeddings", 8192);
    }
  }

  private static void addAbsent(JsonObject object, String name, int value) {
    if (!object.has(name)) {
      object.addProperty(name, value);
    }
  }

  private static Spread embedding(ConfigFields fields, Parallelism ranks) {
    if (!fields.flag("use_parallel_embedding").orElse(false)) {
      return Spread.WHOLE;
    }
    if (fields.integer("embedding_sharding_dim", 0, 1).orElse(0) == 0) {
      return Spread.VOCABULARY;
    }
    int hidden = fields.requiredInteger("hidden_size", 1, MAX_SIZE);
    requireDivided(fields, "hidden_size", hidden, ranks);
    return Spread.COLUMNS;
  }

  private static void requireDivided(
      ConfigFields fields, String name, int value, Parallelism ranks) {
    if (value % ranks.tensor() != 0) {
      throw Parallelism.conflict(
          fields.at(name)
              + " is "
              + value
              + ", which the mapping's tp_size "
              + ranks.tensor()
              + " does not divide");
    }
  }

  /// What the file says of tied embeddings, if it does.
  Optional<Boolean> tied() {
    return fields.flag(TIED);
  }

  /// How a tensor of the rule is spread.
  Spread spread(TensorRule rule, boolean bias) {
    Spread spread =
        switch (rule.spread()) {
          case EMBEDDING -> embedding;
          case POSITIONS -> embedding == Spread.VOCABULARY ? Spread.ROWS : embedding;
          case WHOLE,
              ROWS,
              COLUMNS,
              VOCABULARY,
              QUERY,
              KEY,
              VALUE,
              STACK,
              GROUPS,
              PAIR,
              EXPERT_PAIR,
              EXPERT_COLUMNS ->
              rule.spread();
        };
    return bias ? spread.ofBias() : spread;
  }

  /// The configuration with the fields of the Hugging Face layout.
  ConfigFields translated(boolean tied) {
    var result = new JsonObject();
    var architectures = new JsonArray();
    architectures.add(architecture);
    result.add("architectures", architectures);
    family
        .fields()
        .forEach((name, other) -> {
          if (json.has(name)) {
            result.add(other, json.get(name));
          }
        });
    ConfigFields all = parsed(json);
    for (DerivedField derived : family.derived()) {
      result.add(derived.name(), derived.value().apply(all));
    }
    result.addProperty(TIED, tied);
    return parsed(result);
  }

  private ConfigFields parsed(JsonObject object) {
    return ConfigFields.parse(fields.where(), object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
