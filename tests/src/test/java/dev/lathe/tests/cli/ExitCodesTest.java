package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.CudaDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What can be wrong with what a user gives, and the exit code and sentence that it gets.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExitCodesTest {
  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    build(TestFiles.austen(), "engine").endsWith(0);
  }

  private CommandRun build(Path model, String output) {
    return CommandRun.line(
        """
        trtllm-build --checkpoint_dir {} --output_dir {} --target cpu --max_batch_size 2
            --max_num_tokens 64 --max_input_len 32
        """,
        model,
        folder.resolve(output));
  }

  @Test
  void aCheckpointThatIsNotThereIsABadModel() {
    CommandRun run = build(folder.resolve("nowhere"), "none").endsWith(4);

    assertThat(run.err()).contains("nowhere").doesNotContain("\tat ");
  }

  @Test
  void aTruncatedCheckpointIsABadModel() throws IOException {
    Path model = copyOf(TestFiles.golden("llama"), "truncated");
    cut(model.resolve("model.safetensors"), 1000);

    assertThat(build(model, "none").endsWith(4).err()).contains("model.safetensors");
  }

  @Test
  void anArchitectureThatIsNotKnownIsABadModelAndTheKnownOnesAreNamed() throws IOException {
    Path model = copyOf(TestFiles.golden("llama"), "unknown");
    Path config = model.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("LlamaForCausalLM", "LlemmingForCausalLM"));

    assertThat(build(model, "none").endsWith(4).err())
        .contains("LlemmingForCausalLM", "LlamaForCausalLM");
  }

  @Test
  void aTokenizerThatCannotBeLoadedIsABadModelAndNotAnEngineThatCannotBe() throws IOException {
    Path model = copyOf(TestFiles.austen(), "tokenizer");
    Files.writeString(model.resolve("tokenizer.json"), "{broken");

    assertThat(build(model, "without").endsWith(4).err())
        .contains("tokenizer.json cannot be used", "[bad-tokenizer]");
    assertThat(folder.resolve("without")).doesNotExist();

    Files.delete(model.resolve("tokenizer.json"));
    assertThat(build(model, "without").endsWith(0).err())
        .contains("no tokenizer.json: the engine takes and gives token ids");
  }

  @Test
  void aFailedBuildLeavesNoEngine() {
    build(folder.resolve("nowhere"), "untouched").endsWith(4);

    assertThat(folder.resolve("untouched/rank0.engine")).doesNotExist();
  }

  @Test
  void aFileThatIsNoEngineIsABadEngine() throws IOException {
    Path file = folder.resolve("text.engine");
    Files.writeString(file, "this is no engine");

    CommandRun.of("trtllm-inspect", file).endsWith(5);
    run(file).endsWith(5);
  }

  @Test
  void anEngineThatIsNotThereIsNamed() {
    CommandRun run = run(folder.resolve("nowhere"));

    assertThat(run.exitCode()).isIn(1, 5);
    assertThat(run.err()).contains("nowhere");
  }

  @Test
  void aTruncatedEngineIsABadEngine() throws IOException {
    Path copy = copyOf(folder.resolve("engine"), "short");
    cut(copy.resolve("rank0.engine"), 4096);

    CommandRun.of("trtllm-inspect", copy).endsWith(5);
    run(copy).endsWith(5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.2, 0.5, 0.8, 0.9999})
  void anEngineWithOneBitChangedIsFoundOut(double where) throws IOException {
    Path copy = copyOf(folder.resolve("engine"), "flipped-" + where);
    Path file = copy.resolve("rank0.engine");
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (where * bytes.length)] ^= 1;
    Files.write(file, bytes);

    CommandRun.of("trtllm-inspect", copy, "--verify").endsWith(5);
  }

  @Test
  void aGpuThatIsNotThereIsExitCode3AndOneSentence() {
    assumeThat(CudaDevice.probe()).isInstanceOf(Availability.Missing.class);

    CommandRun run =
        CommandRun.line(
                "trtllm-run --engine_dir {} --device cuda --input_text Emma",
                folder.resolve("engine"))
            .endsWith(3);

    assertThat(run.err().lines().filter(line -> line.contains("error:"))).hasSize(1);
  }

  @Test
  void anExpectedTextThatIsMissingIsAFailure() {
    CommandRun.line(
            """
            trtllm-run --engine_dir {} --input_text Emma --max_output_len 4
                --expect_contains Schopenhauer
            """,
            folder.resolve("engine"))
        .endsWith(1);
  }

  @Test
  void logitsOfAnEngineWithoutThemNameTheOptionOfTheBuild() {
    CommandRun run =
        CommandRun.line(
                "trtllm-run --engine_dir {} --input_text Emma --output_logits_npy {}",
                folder.resolve("engine"),
                folder.resolve("logits.npy"))
            .endsWith(2);

    assertThat(run.err()).contains("--output_logits_npy", "--gather_context_logits");
  }

  @Test
  void aPromptLongerThanTheEngineTakesIsRefusedWithBothLengths() {
    CommandRun run =
        CommandRun.of(
            "trtllm-run",
            "--engine_dir",
            folder.resolve("engine"),
            "--input_text",
            "very ".repeat(40));

    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err()).contains("32");
  }

  @Test
  void aHeapThatIsTooSmallIsExitCode6() throws Exception {
    Path log = folder.resolve("memory.log");
    Process process =
        CommandProcess.startWithHeap(
            "24m",
            log,
            "trtllm-run",
            "--engine_dir",
            folder.resolve("engine"),
            "--device",
            "cpu",
            "--input_text",
            "Emma");

    assertThat(process.waitFor()).as("%s", Files.readString(log)).isEqualTo(6);
    assertThat(Files.readString(log)).contains("memory");
  }

  private CommandRun run(Path engine) {
    return CommandRun.line("trtllm-run --engine_dir {} --device cpu --input_text Emma", engine);
  }

  private Path copyOf(Path directory, String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return copy;
  }

  private static void cut(Path file, int bytes) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - bytes));
  }
}
