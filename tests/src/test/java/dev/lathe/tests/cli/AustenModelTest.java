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
    CommandRun.of(
            "trtllm-build",
            "--checkpoint_dir",
            TestFiles.austen(),
            "--output_dir",
            folder.resolve("engine"),
            "--dtype",
            "float32",
            "--target",
            "cpu",
            "--gather_context_logits",
            "--max_batch_size",
            8,
            "--max_num_tokens",
            1024)
        .endsWith(0);
  }

  @Test
  void greedyContinuationsAreThoseOfTransformers() throws IOException {
    JsonObject expected =
        JsonParser.parseString(Files.readString(TestFiles.austen().resolve("expected.json")))
            .getAsJsonObject();
    List<Object> arguments = new ArrayList<>(List.of("trtllm-run", "--device", "cpu"));
    arguments.addAll(List.of("--engine_dir", folder.resolve("engine"), "--end_id", -1));
    arguments.addAll(List.of("--max_output_len", 64, "--output_csv", folder.resolve("ids.csv")));
    arguments.add("--input_text");
    List<String> lines = new ArrayList<>();
    for (JsonElement prompt : expected.getAsJsonArray("prompts")) {
      // Transformers was given the token that begins a text; the tokenizer itself adds none.
      arguments.add("<|begin|>" + prompt.getAsJsonObject().get("text").getAsString());
      lines.add(line(prompt.getAsJsonObject().getAsJsonArray("greedy_output_ids")));
    }

    CommandRun run = CommandRun.of(arguments.toArray()).endsWith(0);

    assertThat(Files.readAllLines(folder.resolve("ids.csv"))).isEqualTo(lines);
    assertThat(run.out()).contains("It was a fine morning, and Emma", "was not sorry to see her.");
  }

  private static String line(JsonArray ids) {
    return String.join(",", ids.asList().stream().map(JsonElement::getAsString).toList());
  }

  @Test
  void perplexityOnTheHeldOutTextIsThatOfTransformers() {
    CommandRun run =
        CommandRun.of(
                "trtllm-eval",
                "perplexity",
                "--device",
                "cpu",
                "--engine_dir",
                folder.resolve("engine"),
                "--text",
                TestFiles.heldOutText(),
                "--window",
                512,
                "--json")
            .endsWith(0);

    JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(result.get("perplexity").getAsDouble()).isCloseTo(61.78, Offset.offset(0.02));
    assertThat(result.get("tokens").getAsInt()).isEqualTo(131_838);
  }
}
