package dev.lathe.frontend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.type.DType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigTest {
  private static final FamilyDefaults DEFAULTS =
      new FamilyDefaults(false, 2048, Optional.empty(), Optional.empty());
  private static final String REQUIRED =
      "\"architectures\":[\"LlamaForCausalLM\"],\"vocab_size\":32000,\"hidden_size\":4096,"
          + "\"intermediate_size\":11008,\"num_hidden_layers\":32,\"num_attention_heads\":32";

  @Test
  void fieldsOfTransformers4AreRead() {
    ModelConfig config =
        read(
            "\"torch_dtype\":\"bfloat16\",\"rope_theta\":500000.0,\"num_key_value_heads\":8,"
                + "\"rope_scaling\":{\"type\":\"linear\",\"factor\":2.0},"
                + "\"eos_token_id\":2,\"bos_token_id\":1,\"rms_norm_eps\":1e-05,"
                + "\"tie_word_embeddings\":true,\"max_position_embeddings\":8192");
    assertThat(config.dtype()).hasValue(DType.BF16);
    assertThat(config.rotary()).isEqualTo(new RotaryConfig(500_000, new RotaryScaling.Linear(2)));
    assertThat(config.keyValueHeads()).isEqualTo(8);
    assertThat(config.headDim()).isEqualTo(128);
    assertThat(config.endIds()).containsExactly(2);
    assertThat(config.beginId()).hasValue(1);
    assertThat(config.epsilon()).isEqualTo(1e-5f);
    assertThat(config.tiedEmbeddings()).isTrue();
    assertThat(config.maxPositions()).isEqualTo(8192);
  }

  @Test
  void fieldsOfTransformers5AreRead() {
    ModelConfig config =
        read(
            "\"dtype\":\"float16\",\"rope_parameters\":{\"rope_type\":\"llama3\","
                + "\"rope_theta\":500000.0,\"factor\":8.0,\"low_freq_factor\":1.0,"
                + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192},"
                + "\"eos_token_id\":[5,6,5,32000],\"head_dim\":64");
    assertThat(config.dtype()).hasValue(DType.F16);
    assertThat(config.rotary())
        .isEqualTo(new RotaryConfig(500_000, new RotaryScaling.Llama3(8, 1, 4, 8192)));
    assertThat(config.endIds()).as("of those in the vocabulary").containsExactly(5, 6);
    assertThat(config.headDim()).isEqualTo(64);
  }

  @Test
  void absentFieldsHaveTheDefaultsOfTheirClass() {
    ModelConfig config = read("\"head_dim\":null,\"rope_scaling\":null");
    assertThat(config.keyValueHeads()).isEqualTo(32);
    assertThat(config.headDim()).isEqualTo(128);
    assertThat(config.maxPositions()).isEqualTo(2048);
    assertThat(config.rotary()).isEqualTo(new RotaryConfig(10_000, new RotaryScaling.None()));
    assertThat(config.tiedEmbeddings()).isFalse();
    assertThat(config.dtype()).isEmpty();
    assertThat(config.endIds()).isEmpty();
    var own = new FamilyDefaults(true, 1, Optional.of(4), Optional.of(256));
    ModelConfig other = ModelConfig.read(fields(REQUIRED), Optional.empty(), own);
    assertThat(other.keyValueHeads()).isEqualTo(4);
    assertThat(other.headDim()).isEqualTo(256);
    assertThat(other.tiedEmbeddings()).isTrue();
  }

  @Test
  void fieldsAreReadByTheNamesOfTheFamilyAndErrorsUseThem() {
    var own =
        FamilyDefaults.of(false, 16)
            .withInnerFactor(4)
            .withNames(
                Map.of(
                    "hidden_size",
                    List.of("n_embd"),
                    "num_hidden_layers",
                    List.of("n_layer", "num_hidden_layers"),
                    "intermediate_size",
                    List.of("n_inner")));
    String text =
        "{\"architectures\":[\"X\"],\"vocab_size\":9,\"n_embd\":64,"
            + "\"num_hidden_layers\":2,\"num_attention_heads\":2,\"n_inner\":null}";
    ModelConfig config = ModelConfig.read(parse(text), Optional.empty(), own);

    assertThat(config.hiddenSize()).isEqualTo(64);
    assertThat(config.layers()).isEqualTo(2);
    assertThat(config.intermediateSize()).isEqualTo(256);
    assertThatThrownBy(
            () -> ModelConfig.read(parse(text.replace("n_embd", "x")), Optional.empty(), own))
        .hasMessageContaining("n_embd is missing");
  }

  @Test
  void aNestedObjectOverridesTheFieldsAroundIt() {
    String text =
        "{\"architectures\":[\"X\"],\"hidden_size\":8,\"text_config\":{"
            + REQUIRED.replace("LlamaForCausalLM", "Inner")
            + "}}";
    var nested = DEFAULTS.withNested("text_config");
    ModelConfig config = ModelConfig.read(parse(text), Optional.empty(), nested);

    assertThat(config.hiddenSize()).isEqualTo(4096);
    assertThat(config.architecture()).isEqualTo("X");
  }

  @Test
  void sequencesBeyondLearnedPositionsAreRefused() {
    ModelConfig config = read("\"max_position_embeddings\":512");

    assertThat(config.learnedPositions(Optional.of(512))).isEqualTo(512);
    assertThatThrownBy(() -> config.learnedPositions(Optional.of(513)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("max_position_embeddings is 512")
        .hasMessageContaining("513 tokens");
  }

  @Test
  void endTokensOfTheGenerationConfigurationReplaceTheOthers() {
    ConfigFields config = fields(REQUIRED + ",\"eos_token_id\":1,\"bos_token_id\":7");
    var both = Optional.of(fields("\"eos_token_id\":[2,3]"));
    assertThat(ModelConfig.read(config, both, DEFAULTS).endIds()).containsExactly(2, 3);
    assertThat(ModelConfig.read(config, both, DEFAULTS).beginId()).hasValue(7);
    var silent = Optional.of(fields("\"eos_token_id\":null"));
    assertThat(ModelConfig.read(config, silent, DEFAULTS).endIds()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "architectures",
        "vocab_size",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads"
      })
  void aMissingFieldIsNamed(String field) {
    String without = REQUIRED.replace("\"" + field + "\"", "\"x\"");
    ConfigException refusal = refusal("{" + without + "}");
    assertThat(refusal.error()).isEqualTo(ConfigError.MISSING_FIELD);
    assertThat(refusal.sentence()).startsWith("config.json: " + field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "num_key_value_heads":7                                          | FIELD_RANGE
          "num_key_value_heads":0                                          | FIELD_RANGE
          "num_key_value_heads":-1                                         | FIELD_RANGE
          "num_key_value_heads":4.5                                        | FIELD_TYPE
          "num_key_value_heads":"8"                                        | FIELD_TYPE
          "head_dim":127                                                   | FIELD_RANGE
          "head_dim":1e9                                                   | FIELD_RANGE
          "head_dim":1e999999999                                           | FIELD_TYPE
          "max_position_embeddings":99999999999                            | FIELD_RANGE
          "rms_norm_eps":-1                                                | FIELD_RANGE
          "tie_word_embeddings":1                                          | FIELD_TYPE
          "eos_token_id":[1,-1]                                            | FIELD_RANGE
          "eos_token_id":[[1]]                                             | FIELD_TYPE
          "torch_dtype":"int8"                                             | UNSUPPORTED
          "torch_dtype":"float16","dtype":"bfloat16"                       | CONFLICT
          "rope_scaling":{"type":"dynamic","factor":2}                     | UNSUPPORTED
          "rope_scaling":{"type":"yarn"}                                   | MISSING_FIELD
          "rope_scaling":{"type":"yarn","factor":2,"mscale":1}             | UNSUPPORTED
          "rope_parameters":{"rope_type":"longrope"}                       | MISSING_FIELD
          "rope_parameters":{"rope_type":"longrope","short_mscale":1}      | UNSUPPORTED
          "rope_parameters":{"full_attention":{}}                          | UNSUPPORTED
          "rope_scaling":{"type":"linear"}                                 | MISSING_FIELD
          "rope_scaling":{"type":"linear","factor":0}                      | FIELD_RANGE
          "rope_scaling":{"type":"linear","rope_type":"llama3"}            | CONFLICT
          "rope_scaling":{},"rope_parameters":{}                           | CONFLICT
          "rope_theta":1e4,"rope_parameters":{"rope_theta":1e6}            | CONFLICT
          "rope_parameters":[]                                             | FIELD_TYPE
          "partial_rotary_factor":0.5                                      | UNSUPPORTED
          "quantization_config":{"quant_method":"gptq"}                    | UNSUPPORTED
          "vocab_size":1                                                   | SYNTAX
          """)
  void aBadFieldIsRefused(String field, ConfigError error) {
    ConfigException refusal = refusal("{" + REQUIRED + "," + field + "}");
    assertThat(refusal.error()).as(refusal.sentence()).isEqualTo(error);
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    assertThat(refusal.code()).startsWith("config-");
  }

  @Test
  void aQuantizationIsRefusedByName() {
    String field = "\"quantization_config\":{\"quant_method\":\"gptq\"}";
    assertThat(refusal("{" + REQUIRED + "," + field + "}").sentence()).contains("'gptq'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{}{}", "{\"a\":NaN}", "{\"a\":1,}", "null"})
  void otherThanAnObjectIsRefused(String text) {
    assertThat(refusal(text).error()).isIn(ConfigError.SYNTAX, ConfigError.MISSING_FIELD);
  }

  @Test
  void deepNestingIsRefused() {
    assertThat(refusal("{\"a\":" + "[".repeat(1_000_000)).error()).isEqualTo(ConfigError.SYNTAX);
  }

  private static ModelConfig read(String more) {
    return ModelConfig.read(fields(REQUIRED + "," + more), Optional.empty(), DEFAULTS);
  }

  private static ConfigFields fields(String members) {
    return parse("{" + members + "}");
  }

  private static ConfigFields parse(String text) {
    return ConfigFields.parse("config.json", text.getBytes(StandardCharsets.UTF_8));
  }

  private static ConfigException refusal(String text) {
    ConfigException refusal =
        catchThrowableOfType(
            ConfigException.class,
            () -> ModelConfig.read(parse(text), Optional.empty(), DEFAULTS).rotaryOfWholeHeads());
    assertThat(refusal)
        .as("refusal of %s", text.substring(0, Math.min(100, text.length())))
        .isNotNull();
    return refusal;
  }
}
