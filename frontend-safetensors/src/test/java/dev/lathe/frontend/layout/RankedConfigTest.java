package dev.lathe.frontend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.config.ConfigFields;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Fields of the TensorRT-LLM layout in the terms of the Hugging Face layout.
class RankedConfigTest {
  private static ConfigFields translated(String architecture, String more) {
    String text =
        """
        {"architecture": "%s", "dtype": "bfloat16", "vocab_size": 96, "hidden_size": 256,
         "num_hidden_layers": 2, "num_attention_heads": 4 %s}
        """
            .formatted(architecture, more);
    return CheckpointLayout.config("config.json", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anAbsentWindowIsNoneOfMistralAndThatOfTheFamilyOfGemma() {
    ConfigFields mistral = translated("MistralForCausalLM", "");

    assertThat(mistral.mentions("sliding_window")).isTrue();
    assertThat(mistral.has("sliding_window")).isFalse();
    assertThat(translated("Gemma2ForCausalLM", "").mentions("sliding_window")).isFalse();
  }

  @Test
  void theFactorOfScoresIsAMultipleOfTheUsualOne() {
    ConfigFields granite =
        translated(
            "GraniteForCausalLM",
            """
            , "attention_multiplier": 0.125, "output_multiplier_scale": 0.125
            , "embedding_multiplier": 12.0, "residual_multiplier": 0.22\
            """);

    assertThat(granite.requiredNumber("attention_multiplier", 0, 100)).isEqualTo(0.015625);
    assertThat(granite.requiredNumber("logits_scaling", 0, 100)).isEqualTo(8);
    assertThat(granite.requiredNumber("embedding_multiplier", 0, 100)).isEqualTo(12);
    assertThat(granite.requiredNumber("residual_multiplier", 0, 100)).isEqualTo(0.22);
  }

  @Test
  void absentFactorsOfGraniteAreThoseOfLlama() {
    ConfigFields granite = translated("GraniteForCausalLM", "");

    assertThat(granite.requiredNumber("attention_multiplier", 0, 100)).isEqualTo(1 / 8.0);
    assertThat(granite.requiredNumber("logits_scaling", 0, 100)).isEqualTo(1);
  }
}
