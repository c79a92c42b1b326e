package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.Main;
import dev.lathe.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// A command that ran inside this process, and what it printed.
public record CommandRun(int exitCode, String out, String err) {

  public static CommandRun of(Object... arguments) {
    List<String> words = Stream.of(arguments).map(Object::toString).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int exitCode = Main.run(words, console);
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Runs a command that is written as [CommandLine#words] has it.
  public static CommandRun line(String line, Object... values) {
    return of((Object[]) CommandLine.words(line, values));
  }

  /// Fails the test, with what the command said, unless it ended so.
  public CommandRun endsWith(int expected) {
    assertThat(exitCode).as("exit code; the command said:%n%s%s", out, err).isEqualTo(expected);
    return this;
  }
}
