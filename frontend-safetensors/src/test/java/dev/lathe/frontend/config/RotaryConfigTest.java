package dev.lathe.frontend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RotaryConfigTest {
  @Test
  void frequenciesAreAGeometricSeries() {
    var rotary = new RotaryConfig(10_000, new RotaryScaling.None());
    assertThat(rotary.inverseFrequencies(8, 64)).containsExactly(1.0, 0.1, 0.01, 0.001);
  }

  @Test
  void linearScalingDividesAllFrequencies() {
    var rotary = new RotaryConfig(10_000, new RotaryScaling.Linear(4));
    assertThat(rotary.inverseFrequencies(4, 64)).containsExactly(0.25, 0.0025);
  }

  /// By the formula over wavelengths that the model description gives, written out case by case.
  @Test
  void llama3ScalingKeepsShortWavesAndStretchesLongOnes() {
    var rotary = new RotaryConfig(500_000, new RotaryScaling.Llama3(8, 1, 4, 8192));
    List<Double> scaled = rotary.inverseFrequencies(128, 64);
    for (int i = 0; i < 64; i++) {
      double frequency = Math.pow(500_000, -i / 64.0);
      double wavelength = 2 * Math.PI / frequency;
      double expected;
      if (wavelength < 8192 / 4.0) {
        expected = frequency;
      } else if (wavelength > 8192 / 1.0) {
        expected = frequency / 8;
      } else {
        double smooth = (8192 / wavelength - 1) / (4 - 1);
        expected = (1 - smooth) * frequency / 8 + smooth * frequency;
      }
      assertThat(scaled.get(i)).isCloseTo(expected, within(1e-15));
    }
    assertThat(scaled.getFirst()).isEqualTo(1.0);
    assertThat(scaled.getLast()).isCloseTo(Math.pow(500_000, -63 / 64.0) / 8, within(1e-18));
  }
}
