package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What `trtllm-run` does with an encoder, and what it refuses.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncoderTest {
  private static final int STEP_TOKENS = 12;

  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    build("bert").endsWith(0);
    build("gptj").endsWith(0);
  }

  private CommandRun build(String golden, Object... more) {
    return CommandRun.line(
        """
        trtllm-build --checkpoint_dir {} --output_dir {} --dtype float32 --target cpu
            --max_batch_size 2 --max_num_tokens {} {}
        """,
        TestFiles.golden(golden),
        folder.resolve(golden),
        STEP_TOKENS,
        more);
  }

  private CommandRun run(String golden, Object... more) {
    return CommandRun.line(
        "trtllm-run --engine_dir {} --device cpu {}", folder.resolve(golden), more);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /// Rows for a prompt.
  private NpyArray rows(String prompt, Object... more) throws IOException {
    Path rows = folder.resolve("rows.npy");
    Path file = file("prompt.csv", prompt);
    run(
            "bert",
            (Object[]) CommandLine.words("--input_file {} --output_npy {} {}", file, rows, more))
        .endsWith(0);
    return NpyReader.read(rows);
  }

  @Test
  void aTokenHasARowThatDependsOnThoseBehindIt() throws IOException {
    NpyArray rows = rows("5,6,7\n");
    NpyArray others = rows("5,6,8\n");

    assertThat(rows.shape()).containsExactly(3, 256);
    assertThat(others.values()[0]).isNotEqualTo(rows.values()[0]);
  }

  @Test
  void kindsOfTokensAreZeroUnlessTheyAreGiven() throws IOException {
    NpyArray rows = rows("5,6,7\n");

    assertThat(rows("5,6,7\n", "--token_types", file("zeros.csv", "0,0,0\n")).values())
        .isEqualTo(rows.values());
    assertThat(rows("5,6,7\n", "--token_types", file("kinds.csv", "0,1,1\n")).values())
        .isNotEqualTo(rows.values());
  }

  @Test
  void promptsThatDoNotFitIntoAStepTogetherHaveTheirOwnFilesAndTheSameRows() throws IOException {
    NpyArray alone = rows("9,8,7,6,5,4,3,2\n");
    Path prompts = file("prompts.csv", "1,2,3,4,5,6,7,8\n9,8,7,6,5,4,3,2\n3,1\n");
    run("bert", "--input_file", prompts, "--output_npy", folder.resolve("many.npy")).endsWith(0);

    assertThat(NpyReader.read(folder.resolve("many-1.npy")).values()).isEqualTo(alone.values());
    assertThat(NpyReader.read(folder.resolve("many-2.npy")).shape()).containsExactly(2, 256);
  }

  @Test
  void aPromptThatDoesNotFitIntoAStepIsRefused() throws IOException {
    Path prompt = file("long.csv", "1,".repeat(STEP_TOKENS) + "1\n");

    assertThat(refused("bert", "--input_file", prompt, "--output_npy", folder.resolve("x.npy")))
        .contains("13 tokens", "12 at most");
  }

  @Test
  void anEncoderGeneratesNothing() throws IOException {
    Path prompt = file("one.csv", "1,2\n");

    assertThat(
            refused(
                "bert",
                "--input_file",
                prompt,
                "--output_npy",
                folder.resolve("x.npy"),
                "--max_output_len",
                1))
        .contains("max_output_len is 1", "encoder");
    assertThat(refused("bert", "--input_file", prompt)).contains("--output_npy");
    assertThat(
            refused(
                "bert",
                "--input_file",
                prompt,
                "--output_npy",
                folder.resolve("x.npy"),
                "--output_logits_npy",
                folder.resolve("y.npy")))
        .contains("two are named");
  }

  @Test
  void kindsOfTokensThatDoNotFitAreRefused() throws IOException {
    assertThat(refusedTypes("bert", "0,2,0\n")).contains("Kind 2", "the 2 kinds of the model");
    assertThat(refusedTypes("bert", "0,0\n")).contains("2 numbers for 3 tokens");
    assertThat(refusedTypes("bert", "0,0,0\n1,1,1\n")).contains("2 rows for 1 prompts");
    assertThat(refusedTypes("gptj", "0,0,0\n")).contains("the model tells none apart");
  }

  private String refusedTypes(String golden, String types) throws IOException {
    return refused(
        golden,
        "--input_file",
        file("three.csv", "1,2,3\n"),
        "--output_npy",
        folder.resolve("x.npy"),
        "--token_types",
        file("types.csv", types));
  }

  private String refused(String golden, Object... arguments) {
    CommandRun run = run(golden, arguments).endsWith(2);
    assertThat(run.err()).doesNotContain("\tat ");
    return run.err();
  }

  @Test
  void aPromptMustFitIntoAStepOfTheEngine() {
    assertThat(build("bert", "--max_input_len", STEP_TOKENS + 1).endsWith(2).err())
        .contains("--max_input_len 13", "--max_num_tokens 12", "encoder");
  }

  @Test
  void positionsThatTheModelHasNotLearnedAreABadModel() {
    assertThat(build("bert", "--max_seq_len", 513).endsWith(4).err())
        .contains("max_position_embeddings is 512");
  }
}
