package dev.lathe.cli.console;

import java.util.ArrayList;
import java.util.List;

/// Rows of cells in aligned columns: numbers to the right, texts to the left.
public final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... titles) {
    rows.add(List.of(titles));
  }

  /// Adds a row of as many cells as there are titles.
  public void row(Object... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalStateException(cells.length + " cells under " + rows.getFirst());
    }
    rows.add(List.of(cells).stream().map(Object::toString).toList());
  }

  /// Titles and rows as they were given.
  public List<List<String>> rows() {
    return List.copyOf(rows);
  }

  /// The table as lines, each indented by two spaces.
  public List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String padding = " ".repeat(width(column) - row.get(column).length());
      line.append(GAP);
      line.append(isNumeric(column) ? padding + row.get(column) : row.get(column) + padding);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private boolean isNumeric(int column) {
    return rows.stream()
        .skip(1)
        .allMatch(row -> row.get(column).isEmpty() || Character.isDigit(row.get(column).charAt(0)));
  }
}
