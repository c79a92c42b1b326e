package dev.lathe.tests.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Commands as processes of their own, on the classes of this test.
final class CommandProcess {
  private CommandProcess() {}

  /// Starts a command; what it prints goes to `log`.
  static Process start(Path log, Object... arguments) throws IOException {
    return startWith(List.of(), log, arguments);
  }

  /// Starts a command whose heap may grow to `heap`, as `-Xmx` takes it.
  static Process startWithHeap(String heap, Path log, Object... arguments) throws IOException {
    return startWith(List.of("-Xmx" + heap), log, arguments);
  }

  /// Starts a command with options for Java.
  static Process startWith(List<String> javaOptions, Path log, Object... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(java(javaOptions));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static List<String> java(List<String> options) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.lathe.cli.Main"));
    return line;
  }

  /// A folder with an executable for each of the commands, for the PATH of a shell.
  static Path executables(Path folder, String... commands) throws IOException {
    for (String command : commands) {
      Path script = folder.resolve(command);
      String quoted = String.join("' '", java(List.of()));
      Files.writeString(
          script,
          "#!/bin/sh\nexec '" + quoted + "' " + command + " \"$@\"\n",
          StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return folder;
  }
}
