package dev.lathe.runtime.cuda;

import java.util.Arrays;

/// What timing a candidate came to.
public sealed interface StepTime {

  /// Of this and another execution together; refused if one of them is.
  default StepTime plus(StepTime other) {
    return switch (this) {
      case Refused refused -> refused;
      case Taken mine ->
          switch (other) {
            case Refused refused -> refused;
            case Taken its ->
                new Taken(mine.median + its.median, mine.p10 + its.p10, mine.p90 + its.p90);
          };
    };
  }

  /// Nanoseconds of one execution of the step: median, first and last decile of the samples.
  record Taken(long median, long p10, long p90) implements StepTime {

    /// @param samples at least one
    static Taken of(long[] samples) {
      long[] sorted = samples.clone();
      Arrays.sort(sorted);
      return new Taken(quantile(sorted, 0.5), quantile(sorted, 0.1), quantile(sorted, 0.9));
    }

    private static long quantile(long[] sorted, double part) {
      return sorted[(int) Math.round((sorted.length - 1) * part)];
    }
  }

  /// It cannot be loaded or launched.
  record Refused(String reason) implements StepTime {}
}
