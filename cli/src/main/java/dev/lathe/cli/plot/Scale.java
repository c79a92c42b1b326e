package dev.lathe.cli.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An axis from 0 to a round number.
///
/// @param most end of the axis
/// @param step from one mark to the next: 1, 2 or 5 times a power of ten
record Scale(double most, double step) {
  private static final int MARKS = 5;

  /// An axis that holds all values up to `greatest`.
  static Scale to(double greatest) {
    if (!(greatest > 0) || Double.isInfinite(greatest)) {
      return new Scale(1, 0.5);
    }
    double rough = greatest / MARKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power;
    for (int factor : new int[] {1, 2, 5, 10}) {
      step = factor * power;
      if (step >= rough) {
        break;
      }
    }
    return new Scale(step * Math.ceil(greatest / step - 1e-9), step);
  }

  /// The numbers of the axis.
  List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    for (int i = 0; i * step <= most + step / 2; i++) {
      marks.add(i * step);
    }
    return marks;
  }

  /// A mark as text, with as many digits as the steps need.
  String label(double mark) {
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step)));
    return String.format(Locale.ROOT, "%." + digits + "f", mark);
  }
}
