package dev.lathe.tests.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A Java source and what is wrong with its text.
///
/// @param path below the root of the sources, with slashes
/// @param lines without line ends
record SourceFile(String path, List<String> lines) {
  static final int MOST_LINES = 400;
  static final int MOST_COLUMNS = 100;

  private static final Pattern NULL_MARKED = Pattern.compile("(?m)^@NullMarked$");
  // A documentation line that begins with a capital and, there or later, ends a sentence.
  private static final Pattern SENTENCE = Pattern.compile("(?s)\\A/// [A-Z`].{10,}?[.:](\\s|$)");

  SourceFile {
    lines = List.copyOf(lines);
  }

  boolean isLong() {
    return lines.size() > MOST_LINES;
  }

  boolean isPackageInfo() {
    return path.endsWith("/package-info.java");
  }

  /// The folder, without a slash at its end.
  String folder() {
    return path.substring(0, path.lastIndexOf('/'));
  }

  /// Lines that are too wide. An import and a web address cannot be broken.
  List<String> wideLines() {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int columns = line.codePointCount(0, line.length());
      if (columns > MOST_COLUMNS && !line.startsWith("import ") && !line.contains("://")) {
        problems.add("%s:%d has %d columns".formatted(path, i + 1, columns));
      }
    }
    return problems;
  }

  /// What a package-info lacks.
  List<String> missingFromPackageInfo() {
    String text = String.join("\n", lines);
    List<String> problems = new ArrayList<>();
    if (!NULL_MARKED.matcher(text).find()) {
      problems.add(path + " lacks @NullMarked");
    }
    if (!SENTENCE.matcher(text).find()) {
      problems.add(path + " does not begin with a sentence about the package");
    }
    return problems;
  }
}
