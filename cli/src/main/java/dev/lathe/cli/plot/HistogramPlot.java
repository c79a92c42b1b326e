package dev.lathe.cli.plot;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How often values occur.
public final class HistogramPlot {
  private static final int BINS = 40;
  private static final double WIDTH = 440;
  private static final double LEFT = 40;
  private static final double TOP = 16;

  private HistogramPlot() {}

  /// A value that gets a line of its own.
  public record Mark(String name, double value) {}

  /// @param values at least one, none negative
  /// @param unit of the values
  public static Svg of(double[] values, String unit, List<Mark> marks) {
    Scale across = Scale.to(Arrays.stream(values).max().orElse(1));
    int[] counts = new int[BINS];
    for (double value : values) {
      counts[Math.min(BINS - 1, (int) (value / across.most() * BINS))]++;
    }
    Scale up = Scale.to(Arrays.stream(counts).max().orElse(1));
    Axes axes = new Axes(WIDTH, LEFT, TOP, across, up);
    Svg svg = axes.draw(unit);
    double bin = (WIDTH - LEFT) / BINS;
    for (int i = 0; i < BINS; i++) {
      if (counts[i] > 0) {
        double y = axes.y(counts[i]);
        svg.rectangle(
            LEFT + i * bin,
            y,
            bin - 1,
            axes.bottom() - y,
            "bar",
            about(i, counts[i], across, unit));
      }
    }
    for (int i = 0; i < marks.size(); i++) {
      double x = axes.x(marks.get(i).value());
      svg.line(x, TOP, x, axes.bottom(), "mark");
      svg.text(x, TOP - 4, anchor(x), "soft", marks.get(i).name());
    }
    return svg;
  }

  private static Svg.Anchor anchor(double x) {
    return x > WIDTH - LEFT ? Svg.Anchor.END : Svg.Anchor.MIDDLE;
  }

  private static String about(int bin, int count, Scale across, String unit) {
    double width = across.most() / BINS;
    return String.format(
        Locale.ROOT, "%d from %.3g to %.3g %s", count, bin * width, (bin + 1) * width, unit);
  }
}
