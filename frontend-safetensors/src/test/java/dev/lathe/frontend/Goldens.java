package dev.lathe.frontend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Checkpoints that the repository holds.
public final class Goldens {
  private Goldens() {}

  /// The directory of one golden checkpoint.
  public static Path family(String name) {
    return root().resolve("tests/src/test/resources/goldens").resolve(name);
  }

  /// Names of all golden checkpoints, sorted.
  public static List<String> families() {
    try (Stream<Path> files = Files.list(family(""))) {
      return files
          .filter(Files::isDirectory)
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
