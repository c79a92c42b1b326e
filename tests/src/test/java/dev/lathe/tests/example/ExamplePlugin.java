package dev.lathe.tests.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// A plugin's sources, made into a jar without its build.
final class ExamplePlugin {
  private ExamplePlugin() {}

  /// Compiles `src/main/java` of the example against the class path of this test, and puts classes
  /// and resources into a jar.
  static void jar(Path example, Path jar, Path temporary) throws IOException {
    Path classes = Files.createDirectories(temporary.resolve("classes"));
    List<String> sources = files(example.resolve("src/main/java")).map(Path::toString).toList();
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Xlint:all,-classfile,-path",
            "-Werror");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var output = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiles =
          compiler
              .getTask(
                  output, files, null, options, null, files.getJavaFileObjects(strings(sources)))
              .call();
      assertThat(compiles).as(output.toString()).isTrue();
    }
    Files.createDirectories(jar.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      add(entries, classes);
      add(entries, example.resolve("src/main/resources"));
    }
  }

  private static String[] strings(List<String> list) {
    return list.toArray(String[]::new);
  }

  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  private static void add(JarOutputStream jar, Path folder) throws IOException {
    for (Path file : files(folder).toList()) {
      jar.putNextEntry(new JarEntry(folder.relativize(file).toString()));
      Files.copy(file, jar);
      jar.closeEntry();
    }
  }
}
