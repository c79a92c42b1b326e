package dev.lathe.cli.option;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.console.LogLevel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What every command can do besides its work: say less or more, answer as JSON, explain itself,
/// load plugins.
public final class OutputOptions {
  /// Above these options in the help.
  public static final String HEADING = "%nMessages%n";

  @Option(
      names = "--log_level",
      order = 900,
      paramLabel = "LEVEL",
      description = "How much standard error shows: ${COMPLETION-CANDIDATES}.",
      defaultValue = "info")
  private LogLevel logLevel = LogLevel.INFO;

  @Option(
      names = "--verbose",
      order = 901,
      description = "The same as --log_level verbose: with the stack of an error.")
  private boolean verbose;

  @Option(
      names = "--quiet",
      order = 902,
      description = "Only warnings and errors on standard error.")
  private boolean quiet;

  @Option(
      names = "--json",
      order = 903,
      description = "Print the result as one JSON object on standard output.")
  private boolean json;

  @Option(
      names = "--plugin_dir",
      order = 910,
      paramLabel = "DIR",
      description = "Folder with the jars of plugins. Default: what LATHE_PLUGINS names.")
  private Optional<Path> plugins = Optional.empty();

  @Option(
      names = "--man",
      order = 904,
      description = "Print the manual page (trtllm-run --man | man -l -).")
  private boolean man;

  @Option(
      names = "--generate_completion",
      order = 905,
      description =
          "Print a completion script for bash and zsh: source <(COMMAND --generate_completion).")
  private boolean completion;

  @Option(
      names = {"-h", "--help"},
      order = 906,
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // the parser answers it
  private boolean help;

  @Option(names = "--version", order = 907, versionHelp = true, description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // the parser answers it
  private boolean version;

  /// Folder with the jars of plugins, if one was given.
  public Optional<Path> plugins() {
    return plugins;
  }

  /// Where notes of this run go.
  public Log log(Console console) {
    return new Log(console, level());
  }

  private LogLevel level() {
    if (quiet && verbose) {
      throw UsageError.conflict("--quiet", "--verbose", "one asks for less, the other for more");
    }
    if (verbose) {
      return LogLevel.VERBOSE;
    }
    return quiet ? LogLevel.WARNING : logLevel;
  }

  public boolean json() {
    return json;
  }

  /// True if the manual page is wanted, and nothing else.
  public boolean manualWanted() {
    return man;
  }

  /// True if a completion script is wanted, and nothing else.
  public boolean completionWanted() {
    return completion;
  }
}
