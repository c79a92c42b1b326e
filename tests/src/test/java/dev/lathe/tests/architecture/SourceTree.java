package dev.lathe.tests.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The Java sources of all modules, and the house rules about their text.
record SourceTree(List<SourceFile> files) {
  SourceTree {
    files = List.copyOf(files);
  }

  /// Reads `<module>/src/**/*.java` below the root of the checkout.
  static SourceTree read(Path root) {
    try (Stream<Path> modules = Files.list(root)) {
      List<SourceFile> files = new ArrayList<>();
      for (Path module : modules.filter(path -> Files.isDirectory(path.resolve("src"))).toList()) {
        files.addAll(readModule(root, module.resolve("src")));
      }
      return new SourceTree(files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<SourceFile> readModule(Path root, Path sources) throws IOException {
    try (Stream<Path> paths = Files.walk(sources)) {
      List<SourceFile> files = new ArrayList<>();
      for (Path path : paths.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        String name = root.relativize(path).toString().replace('\\', '/');
        files.add(new SourceFile(name, Files.readAllLines(path)));
      }
      return files;
    }
  }

  /// Files that are too long and not in `allowed`, and entries of `allowed` that are not needed.
  List<String> lengthProblems(Set<String> allowed) {
    Set<String> tooLong =
        files.stream().filter(SourceFile::isLong).map(SourceFile::path).collect(Collectors.toSet());
    List<String> problems = new ArrayList<>();
    for (SourceFile file : files) {
      if (tooLong.contains(file.path()) && !allowed.contains(file.path())) {
        problems.add("%s has %d lines".formatted(file.path(), file.lines().size()));
      }
    }
    for (String path : allowed) {
      if (!tooLong.contains(path)) {
        problems.add(path + " is allowed to be long, and is not");
      }
    }
    return problems;
  }

  List<String> wideLines() {
    return files.stream().flatMap(file -> file.wideLines().stream()).toList();
  }

  /// Packages of `src/main` without a package-info, and those whose package-info says too little.
  List<String> packageProblems() {
    List<SourceFile> sources =
        files.stream().filter(file -> file.path().contains("/src/main/java/")).toList();
    Set<String> described =
        sources.stream()
            .filter(SourceFile::isPackageInfo)
            .map(SourceFile::folder)
            .collect(Collectors.toSet());
    Stream<String> undescribed =
        sources.stream()
            .map(SourceFile::folder)
            .distinct()
            .filter(folder -> !described.contains(folder))
            .map(folder -> folder + " has no package-info.java");
    Stream<String> incomplete =
        sources.stream()
            .filter(SourceFile::isPackageInfo)
            .flatMap(file -> file.missingFromPackageInfo().stream());
    return Stream.concat(undescribed, incomplete).toList();
  }
}
