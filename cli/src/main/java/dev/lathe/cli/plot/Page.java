package dev.lathe.cli.plot;

import java.util.List;
import java.util.stream.Collectors;

/// An HTML page, written from top to bottom. It is also well-formed XML.
public final class Page {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2530; --soft: #5d6b7a; --line: #d5dbe1;
        --bar: #3a6ea5; --second: #c2703d; --paper: #ffffff; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9aa7b4;
        --line: #3a444e; --bar: #6fa3d8; --second: #dd9a6c; --paper: #14191f; } }
      body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      p { margin: .3rem 0; } p.note { color: var(--soft); }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9em; }
      .wide { overflow-x: auto; }
      th, td { padding: .2rem .7rem .2rem 0; text-align: right;
        border-bottom: 1px solid var(--line);
        white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; }
      figure { display: inline-block; margin: .5rem 1.5rem .5rem 0; }
      figcaption { color: var(--soft); font-size: .9em; }
      svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
      svg .soft { fill: var(--soft); } svg .bar { fill: var(--bar); }
      svg .second { fill: var(--second); } svg .rule { stroke: var(--line); }
      svg .curve { fill: none; stroke: var(--bar); stroke-width: 1.5; }
      svg .mark { stroke: var(--second); stroke-dasharray: 3 3; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  public Page(String title) {
    this.title = title;
    body.append("<h1>").append(escaped(title)).append("</h1>\n");
  }

  /// Text with what HTML gives a meaning written out.
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /// Begins a section.
  public Page heading(String text) {
    body.append("<h2>").append(escaped(text)).append("</h2>\n");
    return this;
  }

  public Page paragraph(String text) {
    body.append("<p>").append(escaped(text)).append("</p>\n");
    return this;
  }

  /// A paragraph that explains.
  public Page note(String text) {
    body.append("<p class=\"note\">").append(escaped(text)).append("</p>\n");
    return this;
  }

  /// A table; the first row has the titles.
  public Page table(List<List<String>> rows) {
    body.append("<div class=\"wide\"><table>\n");
    for (int i = 0; i < rows.size(); i++) {
      String cell = i == 0 ? "th" : "td";
      body.append(
          rows.get(i).stream()
              .map(text -> "<" + cell + ">" + escaped(text) + "</" + cell + ">")
              .collect(Collectors.joining("", "<tr>", "</tr>\n")));
    }
    body.append("</table></div>\n");
    return this;
  }

  /// A plot with a line of text below it.
  public Page figure(Svg plot, String caption) {
    body.append("<figure>\n")
        .append(plot.text())
        .append("<figcaption>")
        .append(escaped(caption))
        .append("</figcaption>\n</figure>\n");
    return this;
  }

  /// The page as text.
  public String text() {
    return "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
        + "<meta charset=\"utf-8\"/>\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
        + escaped(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n"
        + body
        + "</body>\n</html>\n";
  }
}
