package dev.lathe.cli.plot;

import java.util.List;

/// The field of a plot: one axis below, one at the left, both from 0.
///
/// @param left room for the labels of the axis at the left
/// @param top room above the field
record Axes(double width, double left, double top, Scale across, Scale up) {
  private static final double HEIGHT = 180;
  private static final double BOTTOM = 28;

  /// A plot of the axes and their labels, and nothing yet between them.
  ///
  /// @param unit of the axis below
  Svg draw(String unit) {
    Svg svg = new Svg(width, HEIGHT);
    for (double mark : up.marks()) {
      svg.line(left, y(mark), width, y(mark), "rule");
      svg.text(left - 5, y(mark) + 4, Svg.Anchor.END, "soft", up.label(mark));
    }
    List<Double> marks = across.marks();
    for (int i = 0; i < marks.size(); i++) {
      boolean last = i == marks.size() - 1;
      String label = across.label(marks.get(i)) + (last ? " " + unit : "");
      Svg.Anchor anchor = last ? Svg.Anchor.END : Svg.Anchor.MIDDLE;
      svg.text(x(marks.get(i)), bottom() + 16, anchor, "soft", label);
    }
    return svg;
  }

  double x(double value) {
    return left + (width - left) * value / across.most();
  }

  double y(double value) {
    return bottom() - (bottom() - top) * value / up.most();
  }

  /// Where 0 is.
  double bottom() {
    return HEIGHT - BOTTOM;
  }
}
