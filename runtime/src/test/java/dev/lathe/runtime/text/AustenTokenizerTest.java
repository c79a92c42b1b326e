package dev.lathe.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Against ids that the transformers library gave for the same texts.
class AustenTokenizerTest {
  private static final Path MODEL =
      Path.of(Objects.requireNonNull(System.getProperty("lathe.root")), "tests/models/austen-6m");

  private static int[] ints(JsonObject prompt, String name) {
    return prompt.getAsJsonArray(name).asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }

  @Test
  void agreesWithTransformersOnTheExpectedPrompts() throws IOException {
    JsonObject expected =
        JsonParser.parseString(Files.readString(MODEL.resolve("expected.json"))).getAsJsonObject();
    byte[] json = Files.readAllBytes(MODEL.resolve("tokenizer.json"));
    try (Tokenizer tokenizer = new Tokenizer(json)) {
      assertThat(expected.getAsJsonArray("prompts")).hasSize(8);
      for (JsonElement element : expected.getAsJsonArray("prompts")) {
        JsonObject prompt = element.getAsJsonObject();
        String text = prompt.get("text").getAsString();
        int[] ids = ints(prompt, "input_ids");
        // The prompts begin with a token that the tokenizer's post-processor does not add.
        assertThat(tokenizer.encode("<|begin|>" + text)).isEqualTo(ids);
        assertThat(tokenizer.encode(text)).isEqualTo(Arrays.copyOfRange(ids, 1, ids.length));
        assertThat(tokenizer.decode(ints(prompt, "greedy_output_ids"), true))
            .isEqualTo(prompt.get("greedy_text").getAsString());
      }
    }
  }

  @Test
  void aStreamOfTheHeldOutTextIsTheText() throws IOException {
    String text = Files.readString(MODEL.resolveSibling("austen-6m-held-out.txt"));
    byte[] json = Files.readAllBytes(MODEL.resolve("tokenizer.json"));
    try (Tokenizer tokenizer = new Tokenizer(json)) {
      Detokenizer detokenizer = new Detokenizer(tokenizer);
      StringBuilder streamed = new StringBuilder();
      for (int id : tokenizer.encode(text, false)) {
        streamed.append(detokenizer.add(id));
      }
      assertThat(streamed.append(detokenizer.finish()).toString()).isEqualTo(text);
    }
  }
}
