package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.JsonParser;
import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import dev.lathe.tests.cli.CommandLine;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.SafetensorsFile;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each family in each dtype from checkpoint to tokens on the GPU, against transformers in float32.
@Tag("gpu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenModelsOnGpuTest {
  private static final int VOCABULARY = 256;
  private static final int GREEDY_TOKENS = 32;
  private static final int AT_ONCE =
      Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 2, 8);

  @TempDir private Path folder;
  private final ExecutorService commands = Executors.newFixedThreadPool(AT_ONCE);

  /// What is allowed: the error of the logits, at least, and the margin between the two greatest
  /// logits up to which the greedy token may be another.
  private enum Precision {
    BFLOAT16(0.02, 0.1),
    FLOAT16(0.005, 0.02),
    FLOAT32(1e-4, 1e-3);

    private final double error;
    private final double margin;

    Precision(double error, double margin) {
      this.error = error;
      this.margin = margin;
    }

    String flag() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @TestFactory
  @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  Stream<DynamicTest> logitsAndGreedyTokensAreThoseOfTransformers() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String family : TestFiles.goldens()) {
      for (Precision precision : Precision.values()) {
        Future<String> problem = commands.submit(() -> problem(family, precision));
        tests.add(
            DynamicTest.dynamicTest(
                family + " " + precision.flag(), () -> assertThat(problem.get()).isEmpty()));
      }
    }
    return tests.stream();
  }

  /// What is wrong; empty if nothing is.
  private String problem(String family, Precision precision) throws IOException {
    Path model = TestFiles.golden(family);
    SafetensorsFile expected = new SafetensorsFile(model.resolve("expected.safetensors"));
    Path work = Files.createDirectory(folder.resolve(family + "-" + precision.flag()));
    Files.writeString(work.resolve("ids.csv"), line(expected.ints("input_ids")) + "\n");
    build(model, precision, work.resolve("engine"));
    boolean generates = expected.has("greedy_ids_fp32");
    run(work, "cuda", generates);
    LogitsDifference difference = difference(work, "cuda", expected);
    double allowed = Math.max(precision.error, 1.5 * oracleError(model, precision));
    List<String> problems = new ArrayList<>();
    if (!(difference.error() <= allowed)) {
      problems.add("the GPU's logits: " + difference.text() + "; allowed are " + allowed);
    }
    if (generates) {
      greedyProblem(work, expected, precision).ifPresent(problems::add);
    }
    if (!problems.isEmpty()) {
      run(work, "cpu", generates);
      problems.add("the same engine on the CPU: " + difference(work, "cpu", expected).text());
    }
    return String.join("\n", problems);
  }

  private static void build(Path model, Precision precision, Path engine) {
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --dtype {} --target sm_90a
                --tune off --gather_context_logits --max_batch_size 1 --max_num_tokens 64
                --max_seq_len 96 --max_input_len 64 --tokens_per_block 16
            """,
            model,
            engine,
            precision.flag())
        .endsWith(0);
  }

  /// @param generates false for an encoder
  private static void run(Path work, String device, boolean generates) {
    Path csv = work.resolve(device + "-tokens.csv");
    String[] tokens =
        CommandLine.words("--max_output_len {} --end_id -1 --output_csv {}", GREEDY_TOKENS, csv);
    GpuCommand.run(
        """
        trtllm-run --engine_dir {} --device {} --kv_cache_free_gpu_memory_fraction 0.05
            --input_file {} --output_logits_npy {} {}
        """,
        work.resolve("engine"),
        device,
        work.resolve("ids.csv"),
        work.resolve(device + "-logits.npy"),
        generates ? tokens : new String[0]);
  }

  private static LogitsDifference difference(Path work, String device, SafetensorsFile expected)
      throws IOException {
    NpyArray logits = NpyReader.read(work.resolve(device + "-logits.npy"));
    double[] values = expected.values("logits_fp32");
    if (logits.values().length != values.length) {
      return fail("logits have the shape " + logits.shape());
    }
    return LogitsDifference.of(logits.values(), values, VOCABULARY);
  }

  /// What transformers itself is off by: known in bfloat16; in float16, which has three more bits,
  /// a quarter of that.
  private static double oracleError(Path model, Precision precision) throws IOException {
    double bfloat16 =
        JsonParser.parseString(Files.readString(model.resolve("oracle.json")))
            .getAsJsonObject()
            .get("bf16_rel_err_of_transformers")
            .getAsDouble();
    return switch (precision) {
      case BFLOAT16 -> bfloat16;
      case FLOAT16 -> bfloat16 / 4;
      case FLOAT32 -> 0;
    };
  }

  private static java.util.Optional<String> greedyProblem(
      Path work, SafetensorsFile expected, Precision precision) throws IOException {
    String written = Files.readString(work.resolve("cuda-tokens.csv")).strip();
    int[] actual = Arrays.stream(written.split(",")).mapToInt(Integer::parseInt).toArray();
    int[] wanted = expected.ints("greedy_ids_fp32");
    double[] margins = expected.values("greedy_margin");
    int at = Arrays.mismatch(actual, wanted);
    boolean isRight =
        at < 0 || (at < Math.min(actual.length, wanted.length) && margins[at] <= precision.margin);
    return isRight
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            "greedy token %d differs, where the margin is %s:%n  actual %s%n  wanted %s"
                .formatted(
                    at,
                    at < margins.length ? margins[at] : "-",
                    Arrays.toString(actual),
                    Arrays.toString(wanted)));
  }

  private static String line(int[] ids) {
    return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(","));
  }

  @AfterAll
  void stop() {
    commands.shutdownNow();
  }
}
