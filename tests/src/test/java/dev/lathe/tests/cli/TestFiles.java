package dev.lathe.tests.cli;

import java.nio.file.Path;

/// Where the files of the repository lie that tests read.
final class TestFiles {
  private TestFiles() {}

  static Path root() {
    return Path.of(System.getProperty("lathe.root", "..")).toAbsolutePath().normalize();
  }

  /// A trained model of 5.8 million parameters.
  static Path austen() {
    return root().resolve("tests/models/austen-6m");
  }

  /// A text that it was not trained on.
  static Path heldOutText() {
    return root().resolve("tests/models/austen-6m-held-out.txt");
  }

  /// A random model of two layers, with what transformers computes.
  static Path golden(String family) {
    return root().resolve("tests/src/test/resources/goldens").resolve(family);
  }
}
