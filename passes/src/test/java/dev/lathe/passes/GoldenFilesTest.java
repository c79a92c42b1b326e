package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.OpCatalog;
import dev.lathe.ir.OpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Runs every file below `src/test/resources/golden`. `-Dbless=true` writes expectations anew.
class GoldenFilesTest {
  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("lathe.root")));
  private static final Path FOLDER = ROOT.resolve("passes/src/test/resources/golden");

  @TestFactory
  Stream<DynamicTest> everyGraphBecomesWhatItsFileExpects() throws IOException {
    boolean blesses = Boolean.getBoolean("bless");
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  FOLDER.relativize(file).toString(), () -> run(file, blesses)));
    }
  }

  private static void run(Path file, boolean blesses) throws IOException {
    GoldenFile golden = new GoldenFile(Files.readString(file));
    if (blesses) {
      Files.writeString(file, golden.blessed());
      golden = new GoldenFile(Files.readString(file));
    }
    assertThat(golden.failure()).as(file.getFileName().toString()).isEmpty();
  }

  /// Constraints are labelled in the documentation of the ops, `C1:`; the file that breaks one is
  /// named for it, `rope_c1_...`.
  @TestFactory
  Stream<DynamicTest> everyConstraintIsBrokenByAFile() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.list(FOLDER.resolve("errors"))) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    return OpCatalog.all().stream()
        .flatMap(GoldenFilesTest::constraints)
        .map(prefix ->
            DynamicTest.dynamicTest(
                prefix,
                () ->
                    assertThat(names.stream().anyMatch(name -> name.startsWith(prefix))).isTrue()));
  }

  private static Stream<String> constraints(OpSchema schema) {
    String family = schema.op().getName().replaceFirst("\\$.*", "").replace('.', '/');
    String record = "record " + schema.op().getSimpleName() + "(";
    String source = source(Path.of("ir/src/main/java", family + ".java"));
    String before = source.substring(0, source.indexOf(record));
    String documentation = before.substring(before.lastIndexOf("\n\n") + 2);
    return Pattern.compile("(C\\d+):")
        .matcher(documentation)
        .results()
        .map(label -> schema.mnemonic() + "_" + label.group(1).toLowerCase(Locale.ROOT) + "_");
  }

  private static String source(Path path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final String GRAPH =
      """
      graph imported {
        input %x : tensor<T x 16 x bf16>
        input %y : tensor<T x 8 x bf16>
        %0 = activate %x {function = silu} : tensor<T x 16 x bf16> at a
        %1 = add %0, %x : tensor<T x 16 x bf16> at b
        return %1
      }
      """;

  private static void fails(String text, String message) {
    assertThat(new GoldenFile(text).failure()).get().asString().contains(message);
  }

  private static void holds(String text) {
    assertThat(new GoldenFile(text).failure()).isEmpty();
  }

  @Test
  void aWrongExpectationFails() {
    fails("// RUN: canonicalize\n" + GRAPH + "// EXPECT:\n// graph imported {\n", "but was\n// gr");
  }

  @Test
  void blessingMakesAnExpectationHold() {
    String text = "// RUN: canonicalize\n" + GRAPH + "// EXPECT:\n";

    fails(text, "but was");
    holds(new GoldenFile(text).blessed());
  }

  @Test
  void checksMatchInOrder() {
    holds("// RUN: verify\n// CHECK: activate\n// CHECK: add\n" + GRAPH);
    fails("// RUN: verify\n// CHECK: add\n// CHECK: activate\n" + GRAPH, "no line has 'activate'");
  }

  @Test
  void aFileWithoutExpectationsFails() {
    fails(GRAPH, "expects nothing");
  }

  @Test
  void anErrorMustHaveTheRightLabelOnTheRightLine() {
    String broken = GRAPH.replace("%0, %x :", "%0, %y :");

    holds(broken.replace("at b", "at b // ERROR: C2"));
    fails(broken.replace("at b", "at b // ERROR: C1"), "label=C2");
    fails(broken.replace("at a", "at a // ERROR: C2"), "line=5");
    fails(GRAPH.replace("at b", "at b // ERROR: C2"), "found []");
  }

  @Test
  void aViolationOfTheGraphIsFoundOnItsNode() {
    String dead = GRAPH.replace("return %1", "return %0").replace("imported", "canonical");

    holds(dead.replace("at b", "at b // ERROR: G3"));
  }
}
