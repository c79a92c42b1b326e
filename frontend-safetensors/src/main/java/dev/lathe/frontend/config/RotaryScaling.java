package dev.lathe.frontend.config;

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

  /// The scaled frequency.
  ///
  /// @param frequency radians per position
  default double scale(double frequency) {
    return switch (this) {
      case None() -> frequency;
      case Linear(double factor) -> frequency / factor;
      case Llama3 llama3 -> scale(llama3, frequency);
    };
  }

  private static double scale(Llama3 llama3, double frequency) {
    double turns = llama3.originalPositions * frequency / (2 * Math.PI);
    double kept = (turns - llama3.lowFactor) / (llama3.highFactor - llama3.lowFactor);
    double share = Math.clamp(kept, 0, 1);
    return (1 - share) * frequency / llama3.factor + share * frequency;
  }
}
