package dev.lathe.cli.option;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// How options are spelled: hyphens count as underscores, and a wrong name has a nearest right one.
public final class Spelling {
  private static final Pattern LONG_OPTION =
      Pattern.compile("(--[A-Za-z][A-Za-z0-9_-]*)(=.*)?", Pattern.DOTALL);

  private Spelling() {}

  /// The arguments with `--max-batch-size` written as `--max_batch_size`, where the command or one
  /// of its subcommands has that option. What follows `--` stays as it is.
  public static List<String> withUnderscores(List<String> arguments, CommandSpec command) {
    List<String> spelled = new ArrayList<>();
    boolean optionsEnded = false;
    for (String argument : arguments) {
      optionsEnded |= argument.equals("--");
      spelled.add(optionsEnded ? argument : withUnderscores(argument, command));
    }
    return spelled;
  }

  private static String withUnderscores(String argument, CommandSpec command) {
    if (!argument.startsWith("--")) {
      return argument;
    }
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    String rest = equals < 0 ? "" : argument.substring(equals);
    String spelled = "--" + name.substring(2).replace('-', '_');
    return hasOption(command, spelled) ? spelled + rest : argument;
  }

  /// Refuses what looks like an option and is none. The parser would take it for one more value of
  /// an option with many values. A value that looks so can be given as `--input_text=--value`.
  ///
  /// @throws UsageError with the nearest spelling
  public static void checkOptions(List<String> arguments, CommandSpec command) {
    for (String argument : arguments) {
      if (argument.equals("--")) {
        return;
      }
      Matcher option = LONG_OPTION.matcher(argument);
      if (option.matches() && !hasOption(command, option.group(1))) {
        String near =
            nearestOption(argument, command).map(n -> "did you mean " + n + "? ").orElse("");
        throw new UsageError(
            "unknown option '" + option.group(1) + "'",
            near + command.qualifiedName() + " --help lists the options");
      }
    }
  }

  private static boolean hasOption(CommandSpec command, String name) {
    return command.findOption(name) != null
        || command.subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .anyMatch(subcommand -> hasOption(subcommand, name));
  }

  /// The long option of the command or its subcommands that is most like `wrong`, if any is.
  public static Optional<String> nearestOption(String wrong, CommandSpec command) {
    int equals = wrong.indexOf('=');
    String name = (equals < 0 ? wrong : wrong.substring(0, equals)).replace("-", "_");
    return nearest(name.replaceFirst("^_*", "--"), longOptions(command).toList());
  }

  private static Stream<String> longOptions(CommandSpec command) {
    Stream<String> own =
        command.options().stream()
            .flatMap(option -> Stream.of(option.names()))
            .filter(name -> name.startsWith("--"));
    Stream<String> further =
        command.subcommands().values().stream()
            .flatMap(subcommand -> longOptions(subcommand.getCommandSpec()));
    return Stream.concat(own, further);
  }

  /// The candidate with the fewest edits to `wrong`, if they are at most a third of its length.
  public static Optional<String> nearest(String wrong, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> edits(wrong, candidate)))
        .filter(candidate -> edits(wrong, candidate) <= Math.max(2, wrong.length() / 3));
  }

  /// Insertions, deletions and replacements that turn one text into the other (Levenshtein 1965).
  static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
