package dev.lathe.cli.plot;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A value over time.
public final class SeriesPlot {
  private static final double WIDTH = 900;
  private static final double HEIGHT = 180;
  private static final double LEFT = 60;
  private static final double BOTTOM = 28;
  private static final double TOP = 10;

  private SeriesPlot() {}

  /// @param times of the points, from 0, in order
  /// @param values as many, none negative
  /// @param unit of the times
  public static Svg of(double[] times, double[] values, String unit) {
    Scale across = Scale.to(Arrays.stream(times).max().orElse(1));
    Scale up = Scale.to(Arrays.stream(values).max().orElse(1));
    Svg svg = new Svg(WIDTH, HEIGHT);
    for (double mark : up.marks()) {
      svg.line(LEFT, y(mark, up), WIDTH, y(mark, up), "rule");
      svg.text(LEFT - 5, y(mark, up) + 4, Svg.Anchor.END, "soft", up.label(mark));
    }
    List<Double> marks = across.marks();
    for (int i = 0; i < marks.size(); i++) {
      boolean last = i == marks.size() - 1;
      svg.text(
          x(marks.get(i), across),
          HEIGHT - BOTTOM + 16,
          last ? Svg.Anchor.END : Svg.Anchor.MIDDLE,
          "soft",
          across.label(marks.get(i)) + (last ? " " + unit : ""));
    }
    return svg.curve(
        IntStream.range(0, times.length)
            .mapToObj(i -> Svg.number(x(times[i], across)) + "," + Svg.number(y(values[i], up)))
            .collect(Collectors.joining(" ")));
  }

  private static double x(double time, Scale across) {
    return LEFT + (WIDTH - LEFT) * time / across.most();
  }

  private static double y(double value, Scale up) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / up.most();
  }
}
