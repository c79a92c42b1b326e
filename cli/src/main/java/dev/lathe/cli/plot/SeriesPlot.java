package dev.lathe.cli.plot;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A value over time.
public final class SeriesPlot {
  private static final double WIDTH = 900;
  private static final double LEFT = 60;
  private static final double TOP = 10;

  private SeriesPlot() {}

  /// @param times of the points, from 0, in order
  /// @param values as many, none negative
  /// @param unit of the times
  public static Svg of(double[] times, double[] values, String unit) {
    Scale across = Scale.to(Arrays.stream(times).max().orElse(1));
    Scale up = Scale.to(Arrays.stream(values).max().orElse(1));
    Axes axes = new Axes(WIDTH, LEFT, TOP, across, up);
    String points =
        IntStream.range(0, times.length)
            .mapToObj(i -> Svg.number(axes.x(times[i])) + "," + Svg.number(axes.y(values[i])))
            .collect(Collectors.joining(" "));
    return axes.draw(unit).curve(points);
  }
}
