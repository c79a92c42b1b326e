package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExponentialTest {

  private static float[] exp(float... values) {
    float[] results = values.clone();
    new Exponential().apply(results, results.length);
    return results;
  }

  @Test
  void isWithinOneUnitInTheLastPlace() {
    float[] values = new float[500_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = -87f + i * (175f / values.length);
    }
    float[] results = exp(values);
    for (int i = 0; i < values.length; i++) {
      float exact = (float) Math.exp(values[i]);
      assertThat(Math.abs(results[i] - exact))
          .as("exp(%s)", values[i])
          .isLessThanOrEqualTo(Math.ulp(exact));
    }
  }

  @Test
  void staysInRange() {
    float[] results = exp(0f, -0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

    assertThat(results[0]).isEqualTo(1f);
    assertThat(results[1]).isEqualTo(1f);
    assertThat(results[2]).isNaN();
    assertThat(results[3]).isBetween(0f, 2e-38f);
    assertThat(results[4]).isBetween(1e38f, Float.MAX_VALUE);
  }
}
