package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.StrictReader;
import java.text.Normalizer;
import java.util.Locale;

/// File names that a checkpoint's index may hold: one component, on every file system.
final class PlainName {
  private static final int MAX_CHARACTERS = 200;
  private static final String FORBIDDEN = "/\\:*?\"<>|";

  private PlainName() {}

  /// Refuses paths, drive letters, control characters, `.`, `..`, and names that a file system
  /// might take for others (trailing dots or spaces, a leading dash).
  ///
  /// @param where names the file in which the name stands
  static String check(String where, String name) {
    if (name.isEmpty() || name.length() > MAX_CHARACTERS) {
      throw refuse(where, name, "has 1 to " + MAX_CHARACTERS + " characters, not " + name.length());
    }
    if (name.chars().anyMatch(c -> Character.isISOControl(c) || FORBIDDEN.indexOf(c) >= 0)) {
      throw refuse(where, name, "has no separators, wildcards or control characters");
    }
    if (name.startsWith(".") || name.startsWith("-") || name.startsWith("~")) {
      throw refuse(where, name, "does not begin with '.', '-' or '~'");
    }
    if (name.endsWith(".") || name.endsWith(" ")) {
      throw refuse(where, name, "does not end with a dot or a space");
    }
    return name;
  }

  /// Equal for names that one file system or another takes for the same.
  static String folded(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static CheckpointException refuse(String where, String name, String rule) {
    return new CheckpointException(
        CheckpointError.FILE_NAME,
        where
            + ": "
            + StrictReader.shown(name)
            + " is no name of a file in the checkpoint: it "
            + rule);
  }
}
