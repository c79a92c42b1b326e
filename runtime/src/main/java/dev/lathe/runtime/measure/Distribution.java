package dev.lathe.runtime.measure;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/// Some values in short. A percentile between two values is interpolated linearly.
///
/// @param count of values; all figures are 0 where there are none
public record Distribution(
    int count,
    double mean,
    double least,
    double p50,
    double p90,
    double p95,
    double p99,
    double greatest) {

  public static Distribution of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      return new Distribution(0, 0, 0, 0, 0, 0, 0, 0);
    }
    return new Distribution(
        sorted.length,
        Arrays.stream(sorted).sum() / sorted.length,
        sorted[0],
        percentile(sorted, 50),
        percentile(sorted, 90),
        percentile(sorted, 95),
        percentile(sorted, 99),
        sorted[sorted.length - 1]);
  }

  private static double percentile(double[] sorted, double percent) {
    double place = percent / 100 * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
