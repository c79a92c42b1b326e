package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaunchModeTest {
  @Test
  void kernelsThatReadThroughL1KeepHalfOfIt() {
    assertThat(LaunchMode.sharedPercent(IntStream.of(0, 82_448, 108_544))).isEqualTo(50);
    assertThat(LaunchMode.sharedPercent(IntStream.empty())).isEqualTo(50);
  }

  @Test
  void kernelsWithLargeTilesGetAllOfIt() {
    assertThat(LaunchMode.sharedPercent(IntStream.of(256, 229_488, 0, 163_960))).isEqualTo(100);
  }

  @Test
  void oneLargeKernelDoesNotDecideForAHundredSmallOnes() {
    IntStream launches = IntStream.concat(IntStream.of(229_488), IntStream.generate(() -> 82_448));
    assertThat(LaunchMode.sharedPercent(launches.limit(100))).isEqualTo(50);
  }
}
