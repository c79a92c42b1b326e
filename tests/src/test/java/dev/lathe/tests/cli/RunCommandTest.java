package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import dev.lathe.cli.npy.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Options of `trtllm-run`, on a trained model.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunCommandTest {
  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target cpu --max_batch_size 4
                --max_num_tokens 64 --gather_context_logits
            """,
            TestFiles.austen(),
            folder)
        .endsWith(0);
  }

  private CommandRun run(Object... more) {
    return CommandRun.line(
        "trtllm-run --engine_dir {} --device cpu --max_output_len 8 {}", folder, more);
  }

  private JsonArray outputs(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(more));
    arguments.add("--json");
    return JsonParser.parseString(run(arguments.toArray()).endsWith(0).out())
        .getAsJsonObject()
        .getAsJsonArray("outputs");
  }

  private static String text(JsonArray outputs, int index) {
    return outputs.get(index).getAsJsonObject().get("text").getAsString();
  }

  @Test
  void promptsAndOutputsArePrintedInTheWordsOfTensorRtLlm() {
    assertThat(run("--input_text", "Emma was", "Elizabeth").endsWith(0).out())
        .containsSubsequence(
            "Input [Text 0]: \"Emma was\"",
            "Output [Text 0 Beam 0]: \"",
            "Input [Text 1]: \"Elizabeth\"",
            "Output [Text 1 Beam 0]: \"");
  }

  @Test
  void streamingPrintsThePromptAndTheSameTextAsItComes() {
    String expected = "Emma was" + text(outputs("--input_text", "Emma was"), 0);

    assertThat(run("--input_text", "Emma was", "--streaming").endsWith(0).out().strip())
        .isEqualTo(expected.strip());
  }

  @Test
  void equalSeedsGiveEqualOutputsAndOthersDoNot() {
    Object[] sampling = {"--input_text", "Emma was", "--top_k", 50, "--random_seed", 7};
    Object[] many = {
      "--input_text", "Emma was", "--top_k", 50, "--random_seed", 6, "--num_return_sequences", 3
    };

    String once = text(outputs(sampling), 0);
    JsonArray three = outputs(many);

    assertThat(text(outputs(sampling), 0)).isEqualTo(once);
    assertThat(text(three, 1)).as("seeds of many outputs are one apart").isEqualTo(once);
    assertThat(text(three, 0)).isNotEqualTo(once);
  }

  @Test
  void aStopWordEndsTheOutputAndIsCutOff() {
    String whole = text(outputs("--input_text", "Emma was"), 0);
    String word = whole.strip().split(" ")[2];

    JsonObject output =
        outputs("--input_text", "Emma was", "--stop_words", word).get(0).getAsJsonObject();

    assertThat(output.get("finish_reason").getAsString()).isEqualTo("stop_word");
    assertThat(output.get("text").getAsString()).isEqualTo(whole.substring(0, whole.indexOf(word)));
  }

  @Test
  void aBadWordIsNotGenerated() {
    String word = text(outputs("--input_text", "Emma was"), 0).strip().split(" ")[0];

    assertThat(text(outputs("--input_text", "Emma was", "--bad_words", word), 0).strip())
        .doesNotStartWith(word + " ");
  }

  @Test
  void aFileOfTextsHasOnePromptALine() throws IOException {
    Path file = folder.resolve("prompts.txt");
    Files.writeString(file, "Emma was\n\nElizabeth\n");

    JsonArray outputs = outputs("--input_file", file);

    assertThat(outputs).hasSize(2);
    assertThat(text(outputs, 1)).isEqualTo(text(outputs("--input_text", "Elizabeth"), 0));
  }

  @Test
  void idsGoInAndOutAsArraysPaddedWithMinusOne() throws IOException {
    Path in = folder.resolve("in.npy");
    Path out = folder.resolve("out.npy");
    try (NpyWriter writer = NpyWriter.ints(in, 2, 3)) {
      writer.row(new int[] {1, 1151, 343});
      writer.row(new int[] {1, 1151, -1});
    }

    run(
            "--input_file",
            in,
            "--output_npy",
            out,
            "--output_generation_logits",
            folder.resolve("g.npy"))
        .endsWith(0);

    NpyArray tokens = NpyReader.read(out);
    assertThat(tokens.shape()).containsExactly(2, 8);
    assertThat(NpyReader.read(folder.resolve("g-0.npy")).shape()).containsExactly(8, 4096);
    assertThat(greatest(NpyReader.read(folder.resolve("g-1.npy")), 0))
        .isEqualTo((int) tokens.values()[8]);
  }

  @Test
  void logitsOfManyPromptsHaveAFileEach() throws IOException {
    Path file = folder.resolve("logits.npy");

    run("--input_text", "Emma was", "Elizabeth", "--output_logits_npy", file).endsWith(0);

    assertThat(NpyReader.read(folder.resolve("logits-0.npy")).shape()).containsExactly(2, 4096);
    assertThat(NpyReader.read(folder.resolve("logits-1.npy")).shape()).containsExactly(1, 4096);
  }

  @Test
  void profilingListsTheStepsByTime() {
    assertThat(run("--input_text", "Emma was", "--run_profiling").endsWith(0).out())
        .contains("step and kernel", "launches");
  }

  @ParameterizedTest
  @CsvSource({
    "--top_p 1.5, 0 to 1",
    "--temperature -1, --temperature",
    "--kv_cache_free_gpu_memory_fraction 0, --kv_cache_free_gpu_memory_fraction",
    "--num_return_sequences 0, 1 to 1024",
    "--num_beams 4, comes with a later version",
    "--lora_dir x, is not supported",
    "--json --streaming, --json and --streaming",
    "--input_file x.txt, --input_text and --input_file",
    "--max_outptu_len 5, did you mean --max_output_len",
  })
  void anOptionThatCannotBeIsAUsageErrorThatSaysWhy(String options, String why) {
    List<Object> arguments = new ArrayList<>(List.of("--input_text", "Emma"));
    arguments.addAll(List.of(options.split(" ")));

    assertThat(run(arguments.toArray()).endsWith(2).err()).contains(why);
  }

  private static int greatest(NpyArray logits, int row) {
    int columns = logits.shape().get(1);
    int best = 0;
    for (int i = 1; i < columns; i++) {
      if (logits.values()[row * columns + i] > logits.values()[row * columns + best]) {
        best = i;
      }
    }
    return best;
  }
}
