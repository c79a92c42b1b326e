package dev.lathe.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class SourceTreeTest {

  @Nested
  final class TheSourcesOfLathe {
    private final SourceTree tree =
        SourceTree.read(Path.of(Objects.requireNonNull(System.getProperty("lathe.root"))));

    @Test
    void areFound() {
      assertThat(tree.files()).extracting(SourceFile::path).contains(thisFile());
    }

    @Test
    void haveNoLongFileWithoutAReason() throws Exception {
      assertThat(tree.lengthProblems(allowedToBeLong())).isEmpty();
    }

    @Test
    void haveNoWideLine() {
      assertThat(tree.wideLines()).isEmpty();
    }

    @Test
    void describeEveryPackage() {
      assertThat(tree.packageProblems()).isEmpty();
    }

    private static String thisFile() {
      return "tests/src/test/java/" + SourceTreeTest.class.getName().replace('.', '/') + ".java";
    }

    /// The paths in `long-files.txt`, each of which must be followed by a reason.
    private static Set<String> allowedToBeLong() throws Exception {
      try (var text = SourceTreeTest.class.getResourceAsStream("/architecture/long-files.txt")) {
        return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(SourceTreeTest::pathWithReason)
            .collect(Collectors.toSet());
      }
    }
  }

  private static String pathWithReason(String line) {
    String[] parts = line.strip().split("\\s+", 2);
    assertThat(parts).as("a path and a reason: %s", line).hasSize(2);
    return parts[0];
  }

  @Test
  void aLongFileIsReported() {
    assertThat(tree(file("a/src/main/java/a/A.java", 401)).lengthProblems(Set.of()))
        .containsExactly("a/src/main/java/a/A.java has 401 lines");
    assertThat(tree(file("a/src/main/java/a/A.java", 400)).lengthProblems(Set.of())).isEmpty();
  }

  @Test
  void anAllowanceThatIsNotNeededIsReported() {
    assertThat(tree(file("a/src/main/java/a/A.java", 400)).lengthProblems(Set.of("b/B.java")))
        .containsExactly("b/B.java is allowed to be long, and is not");
  }

  @Test
  void aWideLineIsReported() {
    SourceFile wide = new SourceFile("A.java", List.of("", "x".repeat(101), "é".repeat(100)));
    assertThat(tree(wide).wideLines()).containsExactly("A.java:2 has 101 columns");
  }

  @Test
  void aPackageWithoutInfoIsReported() {
    assertThat(tree(file("a/src/main/java/a/A.java", 1)).packageProblems())
        .containsExactly("a/src/main/java/a has no package-info.java");
  }

  @Test
  void aPackageInfoThatSaysTooLittleIsReported() {
    SourceFile silent =
        new SourceFile("a/src/main/java/a/package-info.java", List.of("package a;"));
    assertThat(tree(silent).packageProblems())
        .containsExactly(
            silent.path() + " lacks @NullMarked",
            silent.path() + " does not begin with a sentence about the package");
  }

  private static SourceTree tree(SourceFile file) {
    return new SourceTree(List.of(file));
  }

  private static SourceFile file(String path, int lines) {
    return new SourceFile(path, Collections.nCopies(lines, "// line"));
  }
}
