package dev.lathe.tests.gpu;

import java.util.Arrays;
import java.util.Locale;

/// Logits `(tokens, V)` against expected ones.
///
/// @param error norm of the difference, to the norm of what is expected
/// @param rows the same for each token
record LogitsDifference(double error, double[] rows) {

  static LogitsDifference of(double[] actual, double[] expected, int vocabulary) {
    double[] rows = new double[expected.length / vocabulary];
    double difference = 0;
    double norm = 0;
    for (int row = 0; row < rows.length; row++) {
      double rowDifference = 0;
      double rowNorm = 0;
      for (int i = row * vocabulary; i < (row + 1) * vocabulary; i++) {
        rowDifference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        rowNorm += expected[i] * expected[i];
      }
      rows[row] = Math.sqrt(rowDifference / rowNorm);
      difference += rowDifference;
      norm += rowNorm;
    }
    return new LogitsDifference(Math.sqrt(difference / norm), rows);
  }

  /// The error, and those of the tokens one by one.
  String text() {
    double[] sorted = rows.clone();
    Arrays.sort(sorted);
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "relative error %.5f; of single tokens from %.5f to %.5f, in the middle %.5f:",
                error,
                sorted[0],
                sorted[sorted.length - 1],
                sorted[sorted.length / 2]));
    for (double row : rows) {
      text.append(String.format(Locale.ROOT, " %.3f", row));
    }
    return text.toString();
  }
}
