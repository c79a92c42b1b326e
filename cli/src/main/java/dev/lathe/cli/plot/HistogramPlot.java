package dev.lathe.cli.plot;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How often values occur.
public final class HistogramPlot {
  private static final int BINS = 40;
  private static final double WIDTH = 440;
  private static final double HEIGHT = 180;
  private static final double LEFT = 40;
  private static final double BOTTOM = 28;
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
    Svg svg = new Svg(WIDTH, HEIGHT);
    axes(svg, across, up, unit);
    double bin = (WIDTH - LEFT) / BINS;
    for (int i = 0; i < BINS; i++) {
      if (counts[i] > 0) {
        double y = y(counts[i], up);
        svg.rectangle(
            LEFT + i * bin,
            y,
            bin - 1,
            HEIGHT - BOTTOM - y,
            "bar",
            about(i, counts[i], across, unit));
      }
    }
    for (int i = 0; i < marks.size(); i++) {
      double x = x(marks.get(i).value(), across);
      svg.line(x, TOP, x, HEIGHT - BOTTOM, "mark");
      svg.text(x, TOP - 4, anchor(x), "soft", marks.get(i).name());
    }
    return svg;
  }

  private static Svg.Anchor anchor(double x) {
    return x > WIDTH - LEFT ? Svg.Anchor.END : Svg.Anchor.MIDDLE;
  }

  private static void axes(Svg svg, Scale across, Scale up, String unit) {
    for (double mark : up.marks()) {
      svg.line(LEFT, y(mark, up), WIDTH, y(mark, up), "rule");
      svg.text(LEFT - 5, y(mark, up) + 4, Svg.Anchor.END, "soft", up.label(mark));
    }
    List<Double> marks = across.marks();
    for (int i = 0; i < marks.size(); i++) {
      boolean last = i == marks.size() - 1;
      String label = across.label(marks.get(i)) + (last ? " " + unit : "");
      Svg.Anchor anchor = last ? Svg.Anchor.END : Svg.Anchor.MIDDLE;
      svg.text(x(marks.get(i), across), HEIGHT - BOTTOM + 16, anchor, "soft", label);
    }
  }

  private static String about(int bin, int count, Scale across, String unit) {
    double width = across.most() / BINS;
    return String.format(
        Locale.ROOT, "%d from %.3g to %.3g %s", count, bin * width, (bin + 1) * width, unit);
  }

  private static double x(double value, Scale across) {
    return LEFT + (WIDTH - LEFT) * value / across.most();
  }

  private static double y(double count, Scale up) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * count / up.most();
  }
}
