package dev.lathe.frontend.config;

import java.util.List;

/// How rotary frequencies are stretched so that a model reaches beyond the positions that it was
/// first trained on.
public sealed interface RotaryScaling {

  /// Frequencies as they are.
  record None() implements RotaryScaling {}

  /// All frequencies divided by a factor. Source: Chen et al., Extending Context Window via
  /// Positional Interpolation, 2023.
  record Linear(double factor) implements RotaryScaling {}

  /// Wavelengths of more than `originalPositions / lowFactor` are divided by the factor, those of
  /// less than `originalPositions / highFactor` are kept, and between them the two are mixed
  /// linearly in the number of turns. Source: Llama 3.1 model description, 2024.
  record Llama3(double factor, double lowFactor, double highFactor, int originalPositions)
      implements RotaryScaling {}

  /// Each frequency is divided by a factor of its own, and scores are sharpened. Of two lists, the
  /// one for short sequences holds up to `originalPositions`: an engine uses one list for all
  /// positions, by the longest sequence that it is built for. Source: Ding et al., LongRoPE, 2024.
  ///
  /// @param magnitude factor of cosines and sines
  record Long(
      List<Double> shortFactors, List<Double> longFactors, int originalPositions, double magnitude)
      implements RotaryScaling {
    public Long {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
    }
  }

  /// Frequencies that make more than `fastTurns` turns over the original positions are kept, those
  /// that make less than `slowTurns` are divided by the factor, and between them the two are mixed
  /// linearly in the number of the pair. Source: Peng et al., YaRN, 2023.
  ///
  /// @param magnitude factor of cosines and sines
  record Yarn(
      double factor,
      double fastTurns,
      double slowTurns,
      int originalPositions,
      boolean wholePairs,
      double magnitude)
      implements RotaryScaling {}

  /// One pair of elements of a head.
  ///
  /// @param number from 0
  /// @param count of pairs
  /// @param theta base of the series of wavelengths
  /// @param positions of the longest sequence
  record Pair(int number, int count, double theta, int positions) {

    /// Radians per position, before any scaling.
    double frequency() {
      return Math.pow(theta, -(double) number / count);
    }
  }

  /// The scaled frequency of a pair, radians per position.
  default double frequency(Pair pair) {
    double frequency = pair.frequency();
    return switch (this) {
      case None() -> frequency;
      case Linear(double factor) -> frequency / factor;
      case Llama3 llama3 -> scale(llama3, frequency);
      case Long scaling -> {
        boolean isShort = pair.positions() <= scaling.originalPositions;
        List<Double> factors = isShort ? scaling.shortFactors : scaling.longFactors;
        yield frequency / factors.get(pair.number());
      }
      case Yarn yarn -> scale(yarn, pair);
    };
  }

  /// Factor of cosines and sines.
  default double magnitudeOfRotation() {
    return switch (this) {
      case None _, Linear _, Llama3 _ -> 1;
      case Long scaling -> scaling.magnitude;
      case Yarn yarn -> yarn.magnitude;
    };
  }

  private static double scale(Llama3 llama3, double frequency) {
    double turns = llama3.originalPositions * frequency / (2 * Math.PI);
    double kept = (turns - llama3.lowFactor) / (llama3.highFactor - llama3.lowFactor);
    double share = Math.clamp(kept, 0, 1);
    return (1 - share) * frequency / llama3.factor + share * frequency;
  }

  private static double scale(Yarn yarn, Pair pair) {
    double low = pairOfTurns(yarn, yarn.fastTurns, pair);
    double high = pairOfTurns(yarn, yarn.slowTurns, pair);
    double first = Math.max(yarn.wholePairs ? Math.floor(low) : low, 0);
    double last = Math.min(yarn.wholePairs ? Math.ceil(high) : high, 2 * pair.count() - 1);
    double width = Math.max(last - first, 1e-3);
    double share = 1 - Math.clamp((pair.number() - first) / width, 0, 1);
    return (1 - share) * pair.frequency() / yarn.factor + share * pair.frequency();
  }

  /// Number of the pair, as a fraction, that makes so many turns over the original positions.
  private static double pairOfTurns(Yarn yarn, double turns, Pair pair) {
    return pair.count()
        * Math.log(yarn.originalPositions / (turns * 2 * Math.PI))
        / Math.log(pair.theta());
  }
}
