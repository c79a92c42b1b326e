package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

  @Test
  void percentilesBetweenTwoValuesAreInterpolated() {
    Distribution values = Distribution.of(DoubleStream.of(5, 1, 4, 2, 3));

    assertThat(values.count()).isEqualTo(5);
    assertThat(values.mean()).isEqualTo(3);
    assertThat(values.least()).isEqualTo(1);
    assertThat(values.p50()).isEqualTo(3);
    assertThat(values.p90()).isCloseTo(4.6, within(1e-12));
    assertThat(values.p99()).isCloseTo(4.96, within(1e-12));
    assertThat(values.greatest()).isEqualTo(5);
  }

  @Test
  void oneValueIsEveryPercentile() {
    Distribution value = Distribution.of(DoubleStream.of(7));

    assertThat(value).isEqualTo(new Distribution(1, 7, 7, 7, 7, 7, 7, 7));
  }

  @Test
  void noValuesAreZeros() {
    assertThat(Distribution.of(DoubleStream.empty()).count()).isZero();
  }
}
