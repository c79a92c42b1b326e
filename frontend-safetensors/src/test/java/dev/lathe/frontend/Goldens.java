package dev.lathe.frontend;

import java.nio.file.Path;

/// Checkpoints that the repository holds.
public final class Goldens {
  private Goldens() {}

  /// The directory of one golden checkpoint.
  public static Path family(String name) {
    return root().resolve("tests/src/test/resources/goldens").resolve(name);
  }

  public static Path austen() {
    return root().resolve("tests/models/austen-6m");
  }

  private static Path root() {
    String root = System.getProperty("lathe.root");
    if (root == null) {
      throw new IllegalStateException("lathe.root is not set: run the tests through Maven");
    }
    return Path.of(root);
  }
}
