package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.CudaDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `trtllm-bench` on a trained model, on the CPU.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchCommandTest {
  private static final List<String> TIMES = List.of("ttft_ms", "tpot_ms", "itl_ms", "latency_ms");

  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target cpu --max_batch_size 4
                --max_num_tokens 64 --max_input_len 32 --max_seq_len 48
            """,
            TestFiles.austen(),
            folder)
        .endsWith(0);
  }

  private CommandRun bench(String command, Object... more) {
    return CommandRun.line(
        "trtllm-bench {} --engine_dir {} --device cpu {}", command, folder, more);
  }

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private Path dataset(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  @Test
  void aReportHasTheDocumentedKeysAndCountsEveryToken() throws IOException {
    Path file = folder.resolve("report.json");

    bench(
            "latency",
            "--num_requests",
            3,
            "--warmup",
            1,
            "--input_len",
            8,
            "--output_len",
            5,
            "--report_json",
            file,
            "--report_html",
            folder.resolve("report.html"))
        .endsWith(0);

    JsonObject report = json(Files.readString(file));
    assertThat(report.keySet())
        .containsExactly(
            "format",
            "command",
            "version",
            "device",
            "engine",
            "settings",
            "load_seconds",
            "requests",
            "input_tokens",
            "output_tokens",
            "seconds",
            "requests_per_second",
            "output_tokens_per_second",
            "output_tokens_per_second_per_user",
            "total_tokens_per_second",
            "prefill_tokens_per_second",
            "ttft_ms",
            "tpot_ms",
            "itl_ms",
            "latency_ms",
            "steps");
    assertThat(report.get("requests").getAsInt()).isEqualTo(3);
    assertThat(report.get("input_tokens").getAsInt()).isEqualTo(24);
    assertThat(report.get("output_tokens").getAsInt()).isEqualTo(15);
    assertThat(report.getAsJsonObject("itl_ms").get("count").getAsInt()).isEqualTo(12);
    assertThat(report.getAsJsonObject("steps").get("count").getAsInt()).isEqualTo(15);
    TIMES.forEach(key -> assertOrdered(report.getAsJsonObject(key)));
    assertThat(folder.resolve("report.html"))
        .content()
        .contains("LlamaForCausalLM", "First token (TTFT), 3 values", "Output tokens a second");
  }

  private static void assertOrdered(JsonObject values) {
    assertThat(
            Stream.of("min", "p50", "p90", "p95", "p99", "max")
                .map(key -> values.get(key).getAsDouble()))
        .isSorted()
        .allMatch(value -> value > 0);
  }

  @Test
  void figuresOfOneRequestAreConsistent() {
    JsonObject report =
        json(
            bench("latency", "--num_requests", 1, "--input_len", 8, "--output_len", 6, "--json")
                .endsWith(0)
                .out());

    double latency = report.getAsJsonObject("latency_ms").get("mean").getAsDouble();
    double first = report.getAsJsonObject("ttft_ms").get("mean").getAsDouble();
    double each = report.getAsJsonObject("tpot_ms").get("mean").getAsDouble();
    assertThat(first + 5 * each).isCloseTo(latency, within(1e-6));
    assertThat(report.get("seconds").getAsDouble() * 1e3).isCloseTo(latency, within(1e-6));
    assertThat(report.get("output_tokens_per_second").getAsDouble())
        .isCloseTo(6e3 / latency, withinPercentage(0.01));
  }

  @Test
  void aStaticBatchRunsTogether() throws IOException {
    Path log = folder.resolve("steps.jsonl");

    bench(
            "latency",
            "--batch_size",
            4,
            "--num_requests",
            4,
            "--warmup",
            0,
            "--input_len",
            6,
            "--output_len",
            3,
            "--streaming",
            "--iteration_log",
            log)
        .endsWith(0);

    List<JsonObject> steps = Files.readAllLines(log).stream().map(BenchCommandTest::json).toList();
    assertThat(steps).hasSize(3).allMatch(step -> step.get("sequences").getAsInt() == 4);
    assertThat(steps.get(0).get("prompt_tokens").getAsInt()).isEqualTo(24);
    assertThat(steps.get(1).get("kind").getAsString()).isEqualTo("decode");
  }

  @Test
  void aPreparedDatasetRunsAtOnceAndIsTheSameForEqualSeeds() throws IOException {
    Path file = folder.resolve("prepared.jsonl");
    String[] options =
        CommandLine.words(
            """
            trtllm-bench prepare-dataset token-norm-dist --num-requests 7 --input-mean 12
                --input-stdev 4 --output-mean 5 --output-stdev 2 --seed 3 --engine_dir {}
            """,
            folder);
    CommandRun.line("{} --output {}", options, file).endsWith(0);

    assertThat(CommandRun.of((Object[]) options).endsWith(0).out())
        .isEqualTo(Files.readString(file));
    JsonObject report =
        json(bench("throughput", "--dataset", file, "--warmup", 0, "--json").endsWith(0).out());

    List<JsonObject> lines = Files.readAllLines(file).stream().map(BenchCommandTest::json).toList();
    assertThat(report.get("requests").getAsInt()).isEqualTo(7);
    assertThat(report.get("output_tokens").getAsInt())
        .isEqualTo(lines.stream().mapToInt(l -> l.get("output_tokens").getAsInt()).sum());
    assertThat(report.get("input_tokens").getAsInt())
        .isEqualTo(lines.stream().mapToInt(l -> l.getAsJsonArray("input_ids").size()).sum());
  }

  @Test
  void piecesOfATextArePartsOfIt() {
    CommandRun run =
        CommandRun.line(
                """
                trtllm-bench prepare-dataset text --text {} --engine_dir {} --num_requests 2
                    --input_mean 9 --output_mean 4
                """,
                TestFiles.heldOutText(),
                folder)
            .endsWith(0);

    List<JsonObject> lines = run.out().lines().map(BenchCommandTest::json).toList();
    assertThat(lines).hasSize(2);
    JsonArray ids = lines.getFirst().getAsJsonArray("input_ids");
    assertThat(ids).hasSize(9);
  }

  @Test
  void promptsOfADatasetMayBeTexts() throws IOException {
    Path file = dataset("texts.jsonl", "{\"prompt\": \"Emma was\", \"output_tokens\": 2}", "");

    JsonObject report =
        json(bench("throughput", "--dataset", file, "--warmup", 0, "--json").endsWith(0).out());

    assertThat(report.get("input_tokens").getAsInt()).isEqualTo(2);
  }

  @Test
  void aLineThatIsNoRequestIsNamedWithItsField() throws IOException {
    Path file =
        dataset("bad.jsonl", "{\"input_ids\": [1], \"output_tokens\": 1}", "{\"input_ids\": [1]}");

    assertThat(bench("throughput", "--dataset", file).endsWith(2).err())
        .contains("bad.jsonl", "line 2: field output_tokens is missing", "[bad-dataset]");
  }

  @ParameterizedTest
  @CsvSource({
    "--concurrency 2 --batch_size 2, --concurrency and --batch_size",
    "--dataset x --input_len 5, --input_len and --dataset",
    "--num_requests 0, --num_requests is 0",
    "--kv_cache_free_gpu_mem_fraction 0, --kv_cache_free_gpu_mem_fraction",
    "--report_json nowhere/report.json, --report_json nowhere/report.json cannot be written",
    "--tp 2, --tp comes with a later version",
    "--input_len 100 --num_requests 1, The prompt has 100 tokens",
    "--num_requets 5, did you mean --num_requests",
  })
  void anOptionThatCannotBeIsAUsageErrorThatSaysWhy(String options, String why) {
    assertThat(bench("latency", (Object[]) options.split(" ")).endsWith(2).err()).contains(why);
  }

  @Test
  void optionsOfTensorRtLlmThatMeanNothingHereAreNoted() {
    CommandRun run =
        CommandRun.line(
                """
                trtllm-bench --model some/model throughput --engine_dir {} --device cpu
                    --backend pytorch --num_requests 1 --output_len 1 --input_len 2
                """,
                folder)
            .endsWith(0);

    assertThat(run.err())
        .contains("--model is ignored", "--backend is ignored")
        .contains("warming up");
    assertThat(run.out()).contains("first token (TTFT)", "output tokens", "all queued at once");
  }

  @Test
  void kernelsAreNotMeasuredWithoutAGpu() {
    assumeThat(CudaDevice.probe()).isInstanceOf(Availability.Missing.class);

    CommandRun run = CommandRun.of("trtllm-bench", "kernels", "--engine_dir", folder).endsWith(3);

    assertThat(run.err()).contains("[no-gpu]", "on a GPU alone");
  }
}
