package dev.lathe.cli.plot;

import java.util.List;
import java.util.Locale;

/// Bars side by side, one or two for each label.
public final class BarsPlot {
  private static final double LABELS = 230;
  private static final double BARS = 560;
  private static final double VALUES = 110;
  private static final double ROW = 15;
  private static final double GAP = 8;
  private static final double BOTTOM = 22;

  private BarsPlot() {}

  /// @param values in the order of the names; at least one
  public record Bars(String label, List<Double> values) {
    public Bars {
      values = List.copyOf(values);
    }
  }

  /// @param format of the values, for [String#format]
  /// @param mark value that gets a line across all bars; 0 for none
  public static Svg of(List<Bars> bars, String format, double mark) {
    double greatest =
        bars.stream().flatMap(bar -> bar.values().stream()).mapToDouble(v -> v).max().orElse(1);
    Scale across = Scale.to(Math.max(greatest, mark));
    double rows = bars.stream().mapToDouble(bar -> bar.values().size() * ROW + GAP).sum();
    Svg svg = new Svg(LABELS + BARS + VALUES, rows + BOTTOM);
    for (double at : across.marks()) {
      svg.line(x(at, across), 0, x(at, across), rows, "rule");
      svg.text(x(at, across), rows + 14, Svg.Anchor.MIDDLE, "soft", across.label(at));
    }
    double y = GAP / 2;
    for (Bars bar : bars) {
      double middle = y + bar.values().size() * ROW / 2;
      svg.text(LABELS - 8, middle + 4, Svg.Anchor.END, "", shortened(bar.label()));
      for (int i = 0; i < bar.values().size(); i++) {
        double value = bar.values().get(i);
        String text = String.format(Locale.ROOT, format, value);
        double length = x(value, across) - LABELS;
        String style = i == 0 ? "bar" : "second";
        svg.rectangle(LABELS, y, length, ROW - 2, style, bar.label() + ": " + text);
        svg.text(LABELS + length + 5, y + ROW - 4, Svg.Anchor.START, "soft", text);
        y += ROW;
      }
      y += GAP;
    }
    if (mark > 0) {
      svg.line(x(mark, across), 0, x(mark, across), rows, "mark");
    }
    return svg;
  }

  private static String shortened(String label) {
    return label.length() <= 36 ? label : label.substring(0, 35) + "\u2026";
  }

  private static double x(double value, Scale across) {
    return LABELS + BARS * value / across.most();
  }
}
