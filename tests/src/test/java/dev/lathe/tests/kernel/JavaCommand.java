package dev.lathe.tests.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Java processes on the classes of this one.
public final class JavaCommand {
  /// Properties that a process needs as much as the one that starts it.
  private static final List<String> INHERITED = List.of("lathe.root", "ai.djl.offline");

  private JavaCommand() {}

  /// @param output all that it printed
  public record Result(int exitCode, String output) {}

  /// The words of a command line.
  ///
  /// @param heap greatest heap, as `-Xmx` takes it
  /// @param mainAndArguments main class, then its arguments
  public static List<String> words(String heap, List<String> mainAndArguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    for (String property : INHERITED) {
      @Nullable String value = System.getProperty(property);
      if (value != null) {
        words.add("-D" + property + "=" + value);
      }
    }
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(mainAndArguments);
    return words;
  }

  /// Runs a process to its end, or kills it at the limit: exit code 137.
  ///
  /// @param environment variables besides those of this process
  public static Result run(
      Duration limit, Map<String, String> environment, List<String> mainAndArguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("lathe-test", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(words("3g", mainAndArguments));
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      int exitCode = process.waitFor();
      return new Result(exitCode, Files.readString(log, StandardCharsets.UTF_8));
    } finally {
      Files.delete(log);
    }
  }
}
