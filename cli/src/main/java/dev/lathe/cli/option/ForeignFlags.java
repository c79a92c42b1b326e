package dev.lathe.cli.option;

import dev.lathe.cli.console.Log;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Makes a command know the [ForeignFlag]s of its counterpart.
public final class ForeignFlags {
  private final List<ForeignFlag> flags;

  public ForeignFlags(List<ForeignFlag> flags) {
    this.flags = List.copyOf(flags);
  }

  /// Adds them as hidden options that take any number of values.
  public void addTo(CommandSpec command) {
    for (ForeignFlag flag : flags) {
      command.addOption(
          OptionSpec.builder(flag.name())
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("0..*")
              .hidden(true)
              .description(flag.reason())
              .build());
    }
  }

  /// Notes those that were given and are ignored.
  ///
  /// @throws UsageError for one that cannot be ignored
  public void check(ParseResult given, Log log) {
    for (ForeignFlag flag : flags) {
      if (given.hasMatchedOption(flag.name())) {
        List<?> values = given.matchedOptionValue(flag.name(), List.of());
        if (!isHarmless(flag, values)) {
          treat(flag, log);
        }
      }
    }
  }

  private static boolean isHarmless(ForeignFlag flag, List<?> values) {
    return values.size() == 1
        && flag.harmless().contains(values.getFirst().toString().toLowerCase(Locale.ROOT));
  }

  private static void treat(ForeignFlag flag, Log log) {
    switch (flag.treatment()) {
      case IGNORED -> log.warning(flag.name() + " is ignored: " + flag.reason());
      case LATER ->
          throw new UsageError(
              flag.name() + " comes with a later version: " + flag.reason(), "leave it out");
      case REFUSED ->
          throw new UsageError(flag.name() + " is not supported: " + flag.reason(), "leave it out");
    }
  }
}
