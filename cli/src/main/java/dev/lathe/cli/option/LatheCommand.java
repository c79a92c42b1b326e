package dev.lathe.cli.option;

import dev.lathe.cli.console.Console;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ParseResult;

/// A command, its options already filled in by the parser.
public abstract class LatheCommand {
  @ArgGroup(exclusive = false, validate = false, order = 100, heading = OutputOptions.HEADING)
  private OutputOptions output = new OutputOptions();

  /// The options that all commands share.
  public final OutputOptions output() {
    return output;
  }

  /// Options of the command's counterpart in TensorRT-LLM that it knows and does not have.
  public List<ForeignFlag> foreignFlags() {
    return List.of();
  }

  /// Arguments that options which were given stand for: the contents of a configuration file.
  ///
  /// @param given what was parsed so far
  public List<String> furtherArguments(ParseResult given) throws IOException {
    return List.of();
  }

  /// Does the work. Results go to `console.out()`.
  ///
  /// @throws dev.lathe.engine.error.LatheException for what the user can mend
  public abstract ExitCode run(Console console) throws IOException;
}
