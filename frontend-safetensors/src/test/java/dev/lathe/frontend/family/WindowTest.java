package dev.lathe.frontend.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.config.AttentionWindows;
import dev.lathe.frontend.config.ConfigException;
import dev.lathe.frontend.config.ConfigFields;
import dev.lathe.frontend.config.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final String REQUIRED =
      "\"architectures\":[\"X\"],\"vocab_size\":8,\"hidden_size\":64,\"intermediate_size\":8,"
          + "\"num_hidden_layers\":4,\"num_attention_heads\":32,";

  @Test
  void mistralHasOneWindowForAllLayers() {
    assertThat(AttentionWindows.ofAllLayers(config("\"sliding_window\":16")))
        .containsExactly(16, 16, 16, 16);
    assertThat(AttentionWindows.ofAllLayers(config("\"sliding_window\":null")))
        .containsExactly(0, 0, 0, 0);
    assertThat(AttentionWindows.ofAllLayers(config("\"x\":0")))
        .containsExactly(4096, 4096, 4096, 4096);
  }

  @Test
  void qwenHasNoWindowUnlessItIsSwitchedOn() {
    assertThat(AttentionWindows.ofUpperLayers(config("\"sliding_window\":16")))
        .containsExactly(0, 0, 0, 0);
    assertThat(
            AttentionWindows.ofUpperLayers(
                config(
                    "\"sliding_window\":16,\"use_sliding_window\":false,\"max_window_layers\":0")))
        .containsExactly(0, 0, 0, 0);
  }

  @Test
  void qwenHasItsWindowInTheUpperLayers() {
    String on = "\"sliding_window\":16,\"use_sliding_window\":true,";
    assertThat(AttentionWindows.ofUpperLayers(config(on + "\"max_window_layers\":3")))
        .containsExactly(0, 0, 0, 16);
    assertThat(
            AttentionWindows.ofUpperLayers(
                config(
                    on
                        + "\"layer_types\":[\"sliding_attention\",\"full_attention\","
                        + "\"full_attention\",\"sliding_attention\"]")))
        .containsExactly(16, 0, 0, 16);
  }

  @Test
  void aWindowThatIsNotThereIsNone() {
    assertThat(AttentionWindows.ofAllLayersIfAny(config("\"x\":0"))).containsExactly(0, 0, 0, 0);
    assertThat(AttentionWindows.ofAllLayersIfAny(config("\"sliding_window\":9")))
        .containsExactly(9, 9, 9, 9);
  }

  @Test
  void layersOfGemmaTakeTurns() {
    assertThat(AttentionWindows.inTurns(config("\"sliding_window\":9"), 2))
        .containsExactly(9, 0, 9, 0);
    assertThat(
            AttentionWindows.inTurns(
                config("\"sliding_window\":9,\"sliding_window_pattern\":3"), 2))
        .containsExactly(9, 9, 0, 9);
    assertThat(
            AttentionWindows.inTurns(
                config(
                    "\"sliding_window\":9,\"layer_types\":[\"full_attention\","
                        + "\"sliding_attention\",\"full_attention\",\"full_attention\"]"),
                2))
        .containsExactly(0, 9, 0, 0);
  }

  @Test
  void layerTypesThatDoNotFitAreRefused() {
    assertRefused("\"layer_types\":[\"full_attention\"]", "1 elements for 4 layers");
    String four = "\"layer_types\":[\"a\",\"a\",\"a\",\"a\"]";
    assertRefused(four, "layer_types 'a'");
    assertRefused(four.replace("\"a\"", "\"sliding_attention\""), "no window is set");
  }

  private static void assertRefused(String more, String sentence) {
    assertThatThrownBy(() -> AttentionWindows.ofUpperLayers(config(more)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(sentence);
  }

  private static ModelConfig config(String more) {
    byte[] text = ("{" + REQUIRED + more + "}").getBytes(StandardCharsets.UTF_8);
    return ModelConfig.read(
        ConfigFields.parse("config.json", text), Optional.empty(), new Qwen2Importer().defaults());
  }
}
