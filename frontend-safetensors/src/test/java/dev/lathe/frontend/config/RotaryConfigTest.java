package dev.lathe.frontend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
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

  @Test
  void longScalingHasFactorsForShortAndForLongSequences() {
    var scaling = new RotaryScaling.Long(List.of(1.0, 2.0), List.of(4.0, 8.0), 64, 1.5);
    var rotary = new RotaryConfig(10_000, scaling);

    assertThat(rotary.inverseFrequencies(4, 64)).containsExactly(1.0, 0.005);
    assertThat(rotary.inverseFrequencies(4, 65)).containsExactly(0.25, 0.00125);
    assertThat(scaling.magnitudeOfRotation()).isEqualTo(1.5);
    assertThatThrownBy(() -> rotary.inverseFrequencies(8, 64))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("2 and 2 elements for 4 pairs");
  }

  @Test
  void longScalingSharpensScoresByTheRootOfTheLogarithmOfTheStretch() {
    String text =
        "{\"max_position_embeddings\":131072,\"original_max_position_embeddings\":4096,"
            + "\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1,1],"
            + "\"long_factor\":[2,3]}}";
    RotaryConfig rotary = RotaryConfig.read(fields(text));

    assertThat(rotary.scaling().magnitudeOfRotation())
        .isCloseTo(Math.sqrt(1 + 5.0 / 12), within(1e-12));
  }

  /// Pairs that turn more than 32 times over the original positions stay, those that turn less than
  /// once are divided, the rest is mixed by the number of the pair.
  @Test
  void yarnScalingMixesBetweenFastAndSlowPairs() {
    String text =
        "{\"rope_theta\":1000000,\"max_position_embeddings\":131072,"
            + "\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,"
            + "\"original_max_position_embeddings\":32768}}";
    RotaryConfig rotary = RotaryConfig.read(fields(text));
    List<Double> scaled = rotary.inverseFrequencies(128, 131072);
    double fast = Math.floor(64 * Math.log(32768 / (32 * 2 * Math.PI)) / Math.log(1e6));
    double slow = Math.ceil(64 * Math.log(32768 / (2 * Math.PI)) / Math.log(1e6));
    for (int i = 0; i < 64; i++) {
      double frequency = Math.pow(1e6, -i / 64.0);
      double divided = Math.min(1, Math.max(0, (i - fast) / (slow - fast)));
      assertThat(scaled.get(i))
          .isCloseTo(frequency * (1 - divided) + frequency / 4 * divided, within(1e-15));
    }
    assertThat(rotary.scaling().magnitudeOfRotation())
        .isCloseTo(0.1 * Math.log(4) + 1, within(1e-12));
  }

  @Test
  void aPartOfAHeadIsRotated() {
    RotaryConfig rotary = RotaryConfig.read(fields("{\"partial_rotary_factor\":0.4}"));

    assertThat(rotary.rotaryDim(80)).isEqualTo(32);
    assertThatThrownBy(() -> rotary.rotaryDim(4)).isInstanceOf(ConfigException.class);
  }

  private static ConfigFields fields(String text) {
    return ConfigFields.parse("config.json", text.getBytes(StandardCharsets.UTF_8));
  }
}
