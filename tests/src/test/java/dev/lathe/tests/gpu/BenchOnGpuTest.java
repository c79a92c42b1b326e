package dev.lathe.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `trtllm-bench` measures on a GPU alone.
@Tag("gpu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchOnGpuTest {
  private Path folder = Path.of("");

  @BeforeAll
  void build(@TempDir Path temporary) {
    folder = temporary;
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --target sm_90a --tune off
                --max_batch_size 8 --max_num_tokens 512
            """,
            TestFiles.austen(),
            folder)
        .endsWith(0);
  }

  private JsonObject report(String command, Object... more) throws IOException {
    Path file = folder.resolve("report.json");
    GpuCommand.run(
        "trtllm-bench {} --engine_dir {} --report_json {} {}", command, folder, file, more);
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void decodeAndPrefillAreComparedWithTheHardware(TestReporter reporter) throws IOException {
    JsonObject roofline =
        report("latency", "--device", "cuda", "--num_requests", 3).getAsJsonObject("roofline");

    reporter.publishEntry("roofline", roofline.toString());
    assertThat(roofline.get("copy_gigabytes_per_second").getAsDouble()).isGreaterThan(100);
    assertThat(roofline.getAsJsonObject("decode").get("percent_of_copy").getAsDouble())
        .isBetween(0.0, 300.0);
    assertThat(roofline.getAsJsonObject("prefill").get("flops").getAsDouble()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--sequences 1", "--sequences 8 --context 300", "--tokens 512"})
  void everyStepOfAPlanHasATime(String batch, TestReporter reporter) throws IOException {
    List<Object> options = new ArrayList<>(List.of(batch.split(" ")));
    options.addAll(List.of("--samples", 3));

    JsonObject report = report("kernels", options.toArray());

    reporter.publishEntry(batch, report.toString());
    assertThat(report.getAsJsonArray("steps")).hasSizeGreaterThan(8);
    for (JsonElement step : report.getAsJsonArray("steps")) {
      assertThat(step.getAsJsonObject().get("us").getAsDouble()).isBetween(0.1, 10_000.0);
    }
  }
}
