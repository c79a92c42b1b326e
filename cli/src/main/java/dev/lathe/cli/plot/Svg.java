package dev.lathe.cli.plot;

import java.util.Locale;

/// A drawing inside of a page; places are in pixels from the upper left corner.
public final class Svg {
  private final StringBuilder shapes = new StringBuilder();
  private final double width;
  private final double height;

  /// Where a text begins, ends or has its middle.
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  Svg(double width, double height) {
    this.width = width;
    this.height = height;
  }

  /// @param style class of the page's style sheet
  /// @param about shown when the pointer rests on it
  Svg rectangle(double x, double y, double w, double h, String style, String about) {
    return add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" class=\"%s\"><title>%s</title></rect>",
        number(x), number(y), number(w), number(h), style, Page.escaped(about));
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    return add(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>",
        number(x1), number(y1), number(x2), number(y2), style);
  }

  Svg text(double x, double y, Anchor anchor, String style, String text) {
    return add(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>",
        number(x), number(y), anchor.name().toLowerCase(Locale.ROOT), style, Page.escaped(text));
  }

  /// @param points `x,y x,y ...`
  Svg curve(String points) {
    return add("<polyline points=\"%s\" class=\"curve\"/>", points);
  }

  private Svg add(String format, Object... values) {
    shapes.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /// A place as text.
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /// The drawing as an element.
  String text() {
    String size = number(width) + "\" height=\"" + number(height);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
        + size
        + "\" viewBox=\"0 0 "
        + number(width)
        + " "
        + number(height)
        + "\" role=\"img\">\n"
        + shapes
        + "</svg>\n";
  }
}
