package dev.lathe.frontend.family;

import java.util.ArrayList;
import java.util.List;

/// What attention scores lose with each position of distance, head by head. Source: Press, Smith
/// and Lewis, Train Short, Test Long: Attention with Linear Biases, 2022.
final class AlibiSlopes {
  private static final double EXPONENT = 8;

  private AlibiSlopes() {}

  /// A geometric series for the greatest power of two that is not more than the heads; heads beyond
  /// it have every other element of the series for twice as many.
  ///
  /// @param factor of all slopes
  static List<Double> of(int heads, double factor) {
    int power = Integer.highestOneBit(heads);
    List<Double> slopes = new ArrayList<>();
    for (int head = 0; head < heads; head++) {
      double step =
          head < power ? (head + 1.0) / power : (2.0 * (head - power) + 1) / (2.0 * power);
      slopes.add(factor * Math.pow(2, -EXPONENT * step));
    }
    return slopes;
  }
}
