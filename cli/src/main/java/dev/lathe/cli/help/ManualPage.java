package dev.lathe.cli.help;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The manual page of a command in the roff language (man(7)).
public final class ManualPage {
  private final StringBuilder page = new StringBuilder();

  private ManualPage() {}

  /// The page as text.
  public static String of(CommandSpec command) {
    ManualPage manual = new ManualPage();
    manual.write(command);
    return manual.page.toString();
  }

  private void write(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    line(".TH \"" + command.name().toUpperCase(java.util.Locale.ROOT) + "\" 1 \"\" \"Lathe\"");
    section("NAME");
    text(command.name() + " - " + String.join(" ", usage.header()));
    section("SYNOPSIS");
    text(synopsis(command));
    if (usage.description().length > 0) {
      section("DESCRIPTION");
      Arrays.stream(usage.description()).forEach(this::text);
    }
    section("OPTIONS");
    options(command);
    command.subcommands().forEach(this::subcommand);
    Arrays.stream(usage.footer()).forEach(this::footer);
  }

  private static String synopsis(CommandSpec command) {
    String[] custom = command.usageMessage().customSynopsis();
    return custom.length > 0 ? custom[0] : command.name() + " [OPTION]...";
  }

  private void subcommand(String name, CommandLine subcommand) {
    CommandSpec spec = subcommand.getCommandSpec();
    section("OPTIONS OF " + name);
    Arrays.stream(spec.usageMessage().header()).forEach(this::text);
    options(spec);
    spec.subcommands().forEach((inner, line) -> subcommand(name + " " + inner, line));
  }

  private void options(CommandSpec command) {
    for (PositionalParamSpec positional : command.positionalParameters()) {
      item(positional.paramLabel(), positional.description());
    }
    List<OptionSpec> options =
        command.options().stream()
            .filter(option -> !option.hidden())
            .sorted(Comparator.comparingInt(OptionSpec::order))
            .toList();
    for (OptionSpec option : options) {
      String names = Arrays.stream(option.names()).collect(Collectors.joining(", "));
      String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
      item(names + value, option.description());
    }
  }

  /// A footer line that ends in a colon begins a section; indented lines are literal.
  private void footer(String lineOfFooter) {
    String expanded = CommandLine.Help.Ansi.OFF.string(lineOfFooter).replace("%n", "");
    if (expanded.endsWith(":")) {
      section(expanded.substring(0, expanded.length() - 1).toUpperCase(java.util.Locale.ROOT));
    } else {
      text(expanded.strip());
      line(".br");
    }
  }

  private void item(String term, String[] description) {
    line(".TP");
    line("\\fB" + escaped(term) + "\\fR");
    Arrays.stream(description).forEach(this::text);
  }

  private void section(String name) {
    line(".SH \"" + name + "\"");
  }

  private void text(String text) {
    String plain = CommandLine.Help.Ansi.OFF.string(text).replace("%n", "").replace("%%", "%");
    String escaped = escaped(plain);
    line(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
