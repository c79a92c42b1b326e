package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;

/// How far a result may be from the CPU's.
///
/// @param relative of an element, to the expected one
/// @param absolute of an element, to the root mean square of all expected ones; added to the first
/// @param norm of the whole: norm of the difference, to the norm of what is expected
record Tolerance(double relative, double absolute, double norm) {

  /// Equal numbers.
  static final Tolerance EXACT = new Tolerance(0, 0, 0);

  /// One rounding of an almost equal float32: the neighbour at worst, and seldom.
  static Tolerance of(DType dtype) {
    return switch (dtype) {
      case BF16 -> new Tolerance(1e-2, 1e-4, 1e-3);
      case F16 -> new Tolerance(2e-3, 1e-4, 2e-4);
      case F32 -> new Tolerance(1e-4, 2e-5, 1e-5);
      default -> EXACT;
    };
  }

  /// The weights of attention are rounded, too, before they meet the values.
  static Tolerance attention(DType dtype) {
    return switch (dtype) {
      case BF16 -> new Tolerance(1e-2, 2e-2, 6e-3);
      case F16 -> new Tolerance(2e-3, 3e-3, 1e-3);
      default -> new Tolerance(1e-4, 1e-4, 3e-5);
    };
  }

  /// Whether one element is right. Infinities and NaN must be met exactly.
  boolean accepts(float expected, float actual, double rootMeanSquare) {
    if (expected == actual || (Float.isNaN(expected) && Float.isNaN(actual))) {
      return true;
    }
    double error = Math.abs((double) actual - expected);
    return error <= relative * Math.abs(expected) + absolute * rootMeanSquare;
  }
}
