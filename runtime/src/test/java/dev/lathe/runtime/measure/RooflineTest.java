package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RooflineTest {
  private final LlamaImage image = new LlamaImage(LlamaShape.TINY, 1);

  private Roofline roofline(DeviceRates rates, StepRecord... steps) {
    return Roofline.of(rates, image.manifest(), image.plans(), List.of(steps));
  }

  @Test
  void aStepThatTakesTwiceAsLongAsACopyOfItsBytesIsAtHalf() {
    Cost cost =
        new PlanCost(image.manifest(), image.plans().getFirst()).total(Workload.decode(2, 40));
    double bytes = cost.weightBytes() + cost.cacheBytes();
    DeviceRates rates = new DeviceRates("GPU", bytes * 1e9 / 500, Optional.empty());

    Roofline roofline =
        roofline(rates, new StepRecord(0, Profile.Kind.DECODE, 2, 0, 2, 40, 0, 0, 1000, 2000));

    Roofline.Decode decode = roofline.decode().orElseThrow();
    assertThat(decode.percentOfCopy()).isCloseTo(50, within(1e-9));
    assertThat(decode.bytesOfStep()).isEqualTo(bytes);
    assertThat(roofline.prefill()).isEmpty();
  }

  @Test
  void promptsAreComparedWithThePeakRateThatIsAssumed() {
    double peak = PeakRate.of("NVIDIA H100 80GB HBM3", DType.BF16).orElseThrow().flopsPerSecond();
    DeviceRates rates = new DeviceRates("GPU", 1, Optional.of(new PeakRate("H100", peak)));

    Roofline.Prefill prefill =
        roofline(rates, new StepRecord(0, Profile.Kind.MIXED, 6, 6, 2, 6, 0, 0, 0, 1_000_000))
            .prefill()
            .orElseThrow();

    assertThat(peak).isEqualTo(989e12);
    assertThat(prefill.percentOfPeak().orElseThrow())
        .isCloseTo(100 * prefill.flops() / 1e-3 / peak, within(1e-12));
  }

  @Test
  void aRateThatNobodyStatedIsNotAssumed() {
    assertThat(PeakRate.of("NVIDIA H100 80GB HBM3", DType.F32)).isEmpty();
    assertThat(PeakRate.of("Unheard-of GPU", DType.BF16)).isEmpty();
    assertThat(PeakRate.of("NVIDIA H100 PCIe", DType.F16).orElseThrow().flopsPerSecond())
        .isEqualTo(756e12);
  }
}
