package dev.lathe.cli.console;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ServiceConfigurationError;

/// What a command says when it cannot do its work: one sentence, a hint, an exit code.
///
/// @param code the error's stable name, printed in brackets; empty for none
/// @param hint empty for none
public record Failure(ExitCode exitCode, String code, String sentence, String hint) {

  /// The failure that a throwable stands for.
  public static Failure of(Throwable problem) {
    return switch (problem) {
      case LatheException lathe ->
          new Failure(lathe.exitCode(), lathe.code(), lathe.sentence(), lathe.hint());
      case OutOfMemoryError memory -> outOfMemory(memory);
      case IllegalStateException wrapper when wrapper.getCause() instanceof OutOfMemoryError it ->
          outOfMemory(it);
      case UncheckedIOException io when io.getCause() != null -> of(io.getCause());
      case NoSuchFileException missing -> failure("no-file", missing.getFile() + " does not exist");
      case AccessDeniedException denied ->
          failure("access-denied", denied.getFile() + " may not be read or written");
      case IOException io -> failure("io", said(io));
      case ServiceConfigurationError plugin ->
          failure("broken-plugin", "a plugin cannot be loaded: " + said(plugin));
      default ->
          new Failure(
              ExitCode.FAILURE,
              "internal",
              "a bug in Lathe: " + problem.getClass().getSimpleName() + ": " + said(problem),
              "run again with --verbose and report what it prints");
    };
  }

  private static Failure failure(String code, String sentence) {
    return new Failure(ExitCode.FAILURE, code, sentence, "");
  }

  private static Failure outOfMemory(OutOfMemoryError memory) {
    long megabytes = Runtime.getRuntime().maxMemory() >> 20;
    return new Failure(
        ExitCode.OUT_OF_MEMORY,
        "out-of-memory",
        "not enough memory (" + said(memory) + "; the Java heap may grow to " + megabytes + " MiB)",
        "lower --max_num_tokens or --max_batch_size, or give Java more: LATHE_JAVA_OPTS=-Xmx8g");
  }

  private static String said(Throwable problem) {
    String message = problem.getMessage();
    return message == null ? problem.getClass().getSimpleName() : message;
  }

  /// Prints the failure for people: a line, and a line for the hint.
  public void print(String command, Console console) {
    String name = code.isEmpty() ? "" : " [" + code + "]";
    console.err().println(command + ": error: " + sentence + name);
    if (!hint.isEmpty()) {
      console.err().println("  hint: " + hint);
    }
  }
}
