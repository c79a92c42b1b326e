package dev.lathe.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Configurations with one absurd field: each is refused by name, or imported.
class ConfigFuzzTest {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "7",
          "0.5",
          "2147483648",
          "1e300",
          "-1e-300",
          "\"x\"",
          "\"\"",
          "[]",
          "[1]",
          "[null]",
          "{}",
          "{\"a\":{}}");

  private final ModelLoader loader = new ModelLoader(ImporterRegistry.builtIn());

  static List<String> goldens() {
    return Goldens.families();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void anyValueOfAnyFieldIsRefusedOrHarmless(String golden) throws IOException {
    String text = Files.readString(Goldens.family(golden).resolve("config.json"));
    JsonObject config = JsonParser.parseString(text).getAsJsonObject();
    useOneLayer(config);
    int refused = vary(config, config);
    if (config.has("rope_parameters")) {
      refused += vary(config, config.getAsJsonObject("rope_parameters"));
    }
    assertThat(refused).isPositive();
  }

  private static void useOneLayer(JsonObject config) {
    config.remove("layer_types");
    for (String field : List.of("num_hidden_layers", "n_layer")) {
      if (config.has(field)) {
        config.addProperty(field, 1);
      }
    }
  }

  private int vary(JsonObject config, JsonObject varied) {
    int refused = 0;
    for (String field : List.copyOf(varied.keySet())) {
      var original = varied.get(field);
      for (String value : VALUES) {
        varied.add(field, JsonParser.parseString(value));
        refused += isRefused(config) ? 1 : 0;
      }
      varied.add(field, original);
    }
    return refused;
  }

  /// Any other exception than a refusal fails the test.
  private boolean isRefused(JsonObject config) {
    byte[] text = config.toString().getBytes(StandardCharsets.UTF_8);
    try {
      assertThat(loader.requiredTensors("config.json", text)).isNotEmpty();
      return false;
    } catch (LatheException e) {
      assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
      assertThat(e.sentence()).contains("config.json");
      return true;
    }
  }
}
