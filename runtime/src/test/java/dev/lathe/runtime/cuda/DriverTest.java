package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A call of a function that the driver lacks ends the process, so each one is checked beforehand.
final class DriverTest {

  @Test
  void theAllowListHoldsExactlyTheFunctionsThatOurClassesCall() throws Exception {
    Set<String> allowed =
        Driver.FUNCTIONS.stream()
            .map(Driver.Function::name)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(calledFunctions()).isNotEmpty().isEqualTo(allowed);
  }

  @Test
  void everySymbolOfTheAllowListIsInCuda130() throws IOException {
    Set<String> known;
    try (InputStream stream =
        Objects.requireNonNull(DriverTest.class.getResourceAsStream("cuda-13.0-symbols.txt"))) {
      known =
          new String(stream.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .collect(Collectors.toSet());
    }

    assertThat(Driver.FUNCTIONS).extracting(Driver.Function::symbol).isSubsetOf(known);
  }

  @Test
  void theBindingsKnowEverySymbolAndNoNewerVersionOfIt() throws IOException {
    byte[] library;
    try (InputStream stream =
        Objects.requireNonNull(
            ClassLoader.getSystemResourceAsStream(
                "org/bytedeco/cuda/linux-x86_64/libjnicudart.so"))) {
      library = stream.readAllBytes();
    }
    String names = new String(library, StandardCharsets.ISO_8859_1);

    assertThat(Driver.FUNCTIONS)
        .extracting(Driver.Function::symbol)
        .allMatch(symbol -> names.contains(symbol + "\0"))
        .noneMatch(symbol -> names.contains(nextVersion(symbol) + "\0"));
  }

  /// `cuMemAlloc_v3` for `cuMemAlloc_v2`.
  private static String nextVersion(String symbol) {
    return symbol.endsWith("_v2") ? symbol.replace("_v2", "_v3") : symbol + "_v2";
  }

  private static Set<String> calledFunctions() throws IOException, URISyntaxException {
    URI source = Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path path = Path.of(source);
    if (Files.isDirectory(path)) {
      return calledFunctions(path);
    }
    try (FileSystem jar = FileSystems.newFileSystem(path, Map.of())) {
      return calledFunctions(jar.getPath("/"));
    }
  }

  private static Set<String> calledFunctions(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> classes = files.filter(file -> file.toString().endsWith(".class")).toList();
      return classes.stream()
          .flatMap(file -> callsOf(file).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> callsOf(Path file) {
    Set<String> calls = new TreeSet<>();
    try {
      ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
      for (PoolEntry entry : model.constantPool()) {
        if (entry instanceof MethodRefEntry method
            && method.owner().asInternalName().startsWith("org/bytedeco/cuda/global/")) {
          calls.add(method.name().stringValue());
        }
      }
    } catch (IOException exception) {
      throw new UncheckedIOException(exception);
    }
    return calls;
  }
}
