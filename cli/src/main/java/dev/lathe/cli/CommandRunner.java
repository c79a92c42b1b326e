package dev.lathe.cli;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Failure;
import dev.lathe.cli.console.JsonFailure;
import dev.lathe.cli.help.ManualPage;
import dev.lathe.cli.option.ForeignFlags;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.Spelling;
import dev.lathe.cli.wiring.PluginFolder;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Parses the arguments of one command, runs it, and reports what went wrong.
final class CommandRunner {
  private final Console console;

  CommandRunner(Console console) {
    this.console = console;
  }

  ExitCode run(List<String> arguments) {
    String name = arguments.isEmpty() ? "" : arguments.getFirst();
    return CommandName.of(name)
        .map(command -> run(command, arguments.subList(1, arguments.size())))
        .orElseGet(() -> unknownCommand(name));
  }

  private ExitCode unknownCommand(String name) {
    List<String> names = Arrays.stream(CommandName.values()).map(CommandName::text).toList();
    if (name.isEmpty() || name.equals("--help") || name.equals("-h")) {
      console.out().println("Commands, each with --help:");
      names.forEach(command -> console.out().println("  " + command));
      return ExitCode.OK;
    }
    String typed = name.startsWith("trtllm-") ? name : "trtllm-" + name;
    String hint = Spelling.nearest(typed, names).map(n -> "did you mean " + n + "?").orElse("");
    new Failure(ExitCode.USAGE, "usage", "there is no command '" + name + "'", hint)
        .print("lathe", console);
    return ExitCode.USAGE;
  }

  private ExitCode run(CommandName name, List<String> arguments) {
    try {
      return runParsed(parse(name, arguments));
    } catch (ParameterException mistake) {
      return report(name, arguments, usage(mistake), mistake);
    } catch (IOException | RuntimeException | Error problem) {
      return report(name, arguments, Failure.of(problem), problem);
    }
  }

  private ParseResult parse(CommandName name, List<String> arguments) throws IOException {
    LatheCommand command = name.newCommand();
    CommandLine line = commandLine(name, command);
    List<String> spelled = Spelling.withUnderscores(arguments, line.getCommandSpec());
    Spelling.checkOptions(spelled, line.getCommandSpec());
    ParseResult parsed = line.parseArgs(spelled.toArray(String[]::new));
    List<String> further = command.furtherArguments(parsed);
    if (further.isEmpty()) {
      return parsed;
    }
    String[] all = Stream.concat(further.stream(), spelled.stream()).toArray(String[]::new);
    return commandLine(name, name.newCommand()).parseArgs(all);
  }

  private ExitCode runParsed(ParseResult parsed) throws IOException {
    List<ParseResult> levels = levels(parsed);
    ParseResult last = levels.getLast();
    LatheCommand command = (LatheCommand) last.commandSpec().userObject();
    if (answersHelp(command, parsed, last)) {
      return ExitCode.OK;
    }
    for (ParseResult level : levels) {
      LatheCommand one = (LatheCommand) level.commandSpec().userObject();
      new ForeignFlags(one.foreignFlags()).check(level, command.output().log(console));
    }
    try (PluginFolder _ = PluginFolder.open(command.output().plugins())) {
      return command.run(console);
    }
  }

  /// What was given to the command, to its subcommand, and so on.
  private static List<ParseResult> levels(ParseResult parsed) {
    List<ParseResult> levels = new ArrayList<>(List.of(parsed));
    while (levels.getLast().hasSubcommand()) {
      levels.add(levels.getLast().subcommand());
    }
    return levels;
  }

  /// The parser of a command, with all options there are.
  static CommandLine commandLine(CommandName name, LatheCommand command) {
    String version = Main.class.getPackage().getImplementationVersion();
    CommandLine line = new CommandLine(command);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setAbbreviatedOptionsAllowed(false);
    line.setExpandAtFiles(false); // a prompt may begin with @
    line.setUsageHelpLongOptionsMaxWidth(34);
    line.setUsageHelpWidth(100);
    line.getCommandSpec()
        .name(name.text())
        .version(name.text() + " " + (version == null ? "(development build)" : version));
    prepare(line);
    return line;
  }

  /// The command and its subcommands.
  private static void prepare(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    spec.usageMessage().sortOptions(false);
    new ForeignFlags(((LatheCommand) spec.userObject()).foreignFlags()).addTo(spec);
    line.getSubcommands().values().forEach(CommandRunner::prepare);
  }

  /// Prints help, version, manual or completion, where one is asked for.
  private boolean answersHelp(LatheCommand command, ParseResult parsed, ParseResult last) {
    CommandLine line = last.commandSpec().commandLine();
    CommandLine whole = parsed.commandSpec().commandLine();
    if (last.isUsageHelpRequested() || parsed.isUsageHelpRequested()) {
      line.usage(console.out());
    } else if (last.isVersionHelpRequested() || parsed.isVersionHelpRequested()) {
      whole.printVersionHelp(console.out());
    } else if (command.output().manualWanted()) {
      console.out().print(ManualPage.of(parsed.commandSpec()));
    } else if (command.output().completionWanted()) {
      console.out().print(AutoComplete.bash(whole.getCommandName(), whole));
    } else {
      return false;
    }
    return true;
  }

  private static Failure usage(ParameterException mistake) {
    CommandSpec spec = mistake.getCommandLine().getCommandSpec();
    String help = spec.qualifiedName() + " --help lists the options";
    if (mistake instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String argument = unmatched.getUnmatched().getFirst();
      return new Failure(ExitCode.USAGE, "usage", "unexpected argument '" + argument + "'", help);
    }
    String sentence = String.valueOf(mistake.getMessage()).lines().collect(Collectors.joining(" "));
    return new Failure(ExitCode.USAGE, "usage", sentence, help);
  }

  private ExitCode report(
      CommandName name, List<String> arguments, Failure failure, Throwable problem) {
    if (wantsStack(arguments)) {
      problem.printStackTrace(console.err());
    }
    failure.print(name.text(), console);
    if (arguments.contains("--json")) {
      console.out().println(JsonFailure.text(failure));
    }
    return failure.exitCode();
  }

  /// Asked of the plain arguments: they may be what is wrong.
  private static boolean wantsStack(List<String> arguments) {
    String joined = String.join(" ", arguments).replace('-', '_').replace('=', ' ');
    return arguments.contains("--verbose")
        || Stream.of("verbose", "debug", "trace")
            .anyMatch(l -> joined.contains("__log_level " + l));
  }
}
