package dev.lathe.cli;

import dev.lathe.cli.console.Console;
import java.util.List;

/// Where every launcher enters: the first argument is the name of the command.
public final class Main {
  private Main() {}

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] arguments) {
    Console console = Console.ofProcess();
    int exitCode = run(List.of(arguments), console);
    console.out().flush();
    console.err().flush();
    System.exit(exitCode);
  }

  /// Runs one command inside this process.
  ///
  /// @param arguments name of the command, then its options
  /// @return the exit code
  public static int run(List<String> arguments, Console console) {
    return new CommandRunner(console).run(arguments).code();
  }
}
