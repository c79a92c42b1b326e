package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The trained model in float32 on the CPU, against what transformers computed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AustenModelTest {
  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --dtype float32 --target cpu
                --gather_context_logits --max_batch_size 8 --max_num_tokens 1024
            """,
            TestFiles.austen(),
            folder.resolve("engine"))
        .endsWith(0);
  }

  @Test
  void greedyContinuationsAreThoseOfTransformers() throws IOException {
    JsonObject expected =
        JsonParser.parseString(Files.readString(TestFiles.austen().resolve("expected.json")))
            .getAsJsonObject();
    List<String> prompts = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (JsonElement prompt : expected.getAsJsonArray("prompts")) {
      // Transformers was given the token that begins a text; the tokenizer itself adds none.
      prompts.add("<|begin|>" + prompt.getAsJsonObject().get("text").getAsString());
      lines.add(line(prompt.getAsJsonObject().getAsJsonArray("greedy_output_ids")));
    }

    CommandRun run =
        CommandRun.line(
                """
                trtllm-run --device cpu --engine_dir {} --end_id -1 --max_output_len 64
                    --output_csv {} --input_text {}
                """,
                folder.resolve("engine"),
                folder.resolve("ids.csv"),
                prompts.toArray())
            .endsWith(0);

    assertThat(Files.readAllLines(folder.resolve("ids.csv"))).isEqualTo(lines);
    assertThat(run.out()).contains("It was a fine morning, and Emma", "was not sorry to see her.");
  }

  private static String line(JsonArray ids) {
    return String.join(",", ids.asList().stream().map(JsonElement::getAsString).toList());
  }

  @Test
  void perplexityOnTheHeldOutTextIsThatOfTransformers() {
    CommandRun run =
        CommandRun.line(
                "trtllm-eval perplexity --device cpu --engine_dir {} --text {} --window 512 --json",
                folder.resolve("engine"),
                TestFiles.heldOutText())
            .endsWith(0);

    JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(result.get("perplexity").getAsDouble()).isCloseTo(61.78, Offset.offset(0.02));
    assertThat(result.get("tokens").getAsInt()).isEqualTo(131_838);
  }
}
