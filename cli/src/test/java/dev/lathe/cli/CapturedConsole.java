package dev.lathe.cli;

import dev.lathe.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs a command inside the test and keeps what it prints.
final class CapturedConsole {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private int exitCode = -1;

  static CapturedConsole run(String... arguments) {
    CapturedConsole captured = new CapturedConsole();
    Console console =
        new Console(
            new PrintStream(captured.out, true, StandardCharsets.UTF_8),
            new PrintStream(captured.err, true, StandardCharsets.UTF_8),
            false);
    captured.exitCode = Main.run(List.of(arguments), console);
    return captured;
  }

  int exitCode() {
    return exitCode;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
