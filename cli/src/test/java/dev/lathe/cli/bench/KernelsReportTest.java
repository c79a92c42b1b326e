package dev.lathe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.runtime.measure.DeviceRates;
import dev.lathe.runtime.measure.PeakRate;
import dev.lathe.runtime.measure.PlanCost;
import dev.lathe.runtime.measure.StepGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelsReportTest {
  private static final Plan PLAN = SamplePlan.plans().get(1);
  private static final KernelBatch BATCH = new KernelBatch(PLAN, new Sizes(8, 8, 8), 512);
  private static final DeviceRates RATES =
      new DeviceRates("Test GPU", 1e12, Optional.of(new PeakRate("Test", 1e12)));

  /// Every step takes 2 us, and PyTorch 3 us for the second.
  static KernelsReport report() {
    Manifest manifest = SamplePlan.manifest();
    PlanCost costs = new PlanCost(manifest, PLAN);
    List<KernelFigures> steps =
        StepGroup.of(manifest, PLAN).stream()
            .map(group ->
                new KernelFigures(
                    group,
                    StepDescription.of(group.first().op(), PLAN, manifest, BATCH.load()),
                    2000,
                    costs.of(group.first(), BATCH.load()),
                    RATES,
                    torch(group.name())))
            .toList();
    return new KernelsReport(
        Path.of("engine"), manifest, "Test GPU, 1 GB free", BATCH, RATES, "2.11.0", steps);
  }

  private static KernelFigures.Torch torch(String name) {
    return switch (name) {
      case "linear" -> new KernelFigures.Torch.Timed("F.linear", true, 3000);
      case "attention" -> new KernelFigures.Torch.Refused("no such backend");
      default -> new KernelFigures.Torch.Nothing();
    };
  }

  private static JsonObject step(JsonObject report, String name) {
    return report.getAsJsonArray("steps").asList().stream()
        .map(step -> step.getAsJsonObject())
        .filter(step -> step.get("name").getAsString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void jsonHasTheDocumentedKeys() {
    JsonObject json = KernelsJson.of(report());

    assertThat(json.keySet())
        .containsExactly(
            "format",
            "command",
            "version",
            "device",
            "engine",
            "batch",
            "copy_gigabytes_per_second",
            "assumed_peak_teraflops",
            "torch",
            "all_us",
            "steps");
    assertThat(step(json, "linear").keySet())
        .containsExactly(
            "name",
            "count",
            "op",
            "shape",
            "kernels",
            "us",
            "part",
            "bytes",
            "gigabytes_per_second",
            "percent_of_copy",
            "flops",
            "teraflops_per_second",
            "percent_of_assumed_peak",
            "torch");
  }

  @Test
  void figuresFollowFromTimesAndCosts() {
    JsonObject json = KernelsJson.of(report());

    JsonObject linear = step(json, "linear");
    double bytes = 2 * (8 * 32 + 64 * 32 + 8 * 64);
    assertThat(linear.get("bytes").getAsDouble()).isEqualTo(bytes);
    assertThat(linear.get("percent_of_copy").getAsDouble())
        .isCloseTo(100 * bytes / 2e-6 / 1e12, within(1e-9));
    assertThat(linear.get("flops").getAsDouble()).isEqualTo(2.0 * 8 * 64 * 32);
    assertThat(linear.getAsJsonObject("torch").get("ratio").getAsDouble()).isEqualTo(1.5);
    assertThat(json.get("all_us").getAsDouble()).isCloseTo(PLAN.steps().size() * 2.0, within(1e-9));
    assertThat(step(json, "attention").getAsJsonObject("torch").get("error").getAsString())
        .isEqualTo("no such backend");
  }

  @Test
  void theTableNamesStepsKernelsAndPeers() {
    String text = String.join("\n", new KernelsText(report()).lines());

    assertThat(text)
        .contains("decode.8: 8 sequences of 512 tokens, one of them new")
        .contains("1000 GB/s read and written on Test GPU, measured")
        .contains("1 TFLOP/s, assumed for Test")
        .contains("kernel_linear", "F.linear", "1.50")
        .contains("torch cannot do attention: no such backend");
  }

  @Test
  void thePageHasBarsOfAllStepsAndThePeerBesideThoseThatHaveOne() {
    String page = KernelsPage.of(report());

    assertThat(page)
        .contains("Where the time goes", "Against the copy's bandwidth")
        .contains("Against the assumed peak", "Beside PyTorch 2.11.0")
        .contains("add_layer_norm: ")
        .doesNotContain("<script");
  }
}
