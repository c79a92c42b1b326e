package dev.lathe.cli.run;

import java.nio.file.Path;

/// Names of files of which there is one for each prompt or output.
final class NumberedFile {
  private NumberedFile() {}

  /// `NAME.npy` itself where there is one, else `NAME-<index>.npy`.
  static Path of(Path file, int index, int count) {
    if (count == 1) {
      return file;
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    int end = dot <= 0 ? name.length() : dot;
    return file.resolveSibling(name.substring(0, end) + "-" + index + name.substring(end));
  }
}
