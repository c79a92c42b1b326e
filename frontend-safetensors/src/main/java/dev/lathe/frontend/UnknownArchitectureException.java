package dev.lathe.frontend;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.frontend.json.StrictReader;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.TreeSet;

/// No importer reads models of this architecture; exit code 4.
public final class UnknownArchitectureException extends LatheException {
  private static final long serialVersionUID = 1;

  /// @param where names the file and the field
  public UnknownArchitectureException(String where, String architecture, Collection<String> known) {
    super(
        ExitCode.BAD_MODEL,
        "unknown-architecture",
        where
            + " "
            + StrictReader.shown(architecture)
            + " is unknown; the nearest known one is "
            + nearest(architecture, known),
        "known: "
            + String.join(", ", new TreeSet<>(known))
            + "; to add one, see docs/add-a-model.md");
  }

  private static String nearest(String architecture, Collection<String> known) {
    return new TreeSet<>(known)
        .stream().min(Comparator.comparingInt(name -> distance(architecture, name))).orElse("none");
  }

  /// Edits that turn one name into the other, letter case apart. Source: Levenshtein 1966.
  static int distance(String from, String to) {
    String source = from.substring(0, Math.min(from.length(), 100)).toLowerCase(Locale.ROOT);
    String target = to.toLowerCase(Locale.ROOT);
    int[] row = new int[target.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= source.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int substituted = diagonal + (source.charAt(i - 1) == target.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substituted, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[target.length()];
  }
}
