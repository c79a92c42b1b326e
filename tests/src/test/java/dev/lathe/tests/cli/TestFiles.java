package dev.lathe.tests.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where the files of the repository lie that tests read.
public final class TestFiles {
  private TestFiles() {}

  public static Path root() {
    return Path.of(System.getProperty("lathe.root", "..")).toAbsolutePath().normalize();
  }

  /// A trained model of 5.8 million parameters.
  public static Path austen() {
    return root().resolve("tests/models/austen-6m");
  }

  /// A text that it was not trained on.
  public static Path heldOutText() {
    return root().resolve("tests/models/austen-6m-held-out.txt");
  }

  /// Names of the random models, sorted.
  public static List<String> goldens() {
    try (Stream<Path> files = Files.list(golden(""))) {
      return files
          .filter(Files::isDirectory)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A random model of two layers, with what transformers computes.
  public static Path golden(String family) {
    return root().resolve("tests/src/test/resources/goldens").resolve(family);
  }
}
