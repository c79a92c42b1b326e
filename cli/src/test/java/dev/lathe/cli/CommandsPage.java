package dev.lathe.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `docs/commands.md`, made from the declarations of the options.
final class CommandsPage {
  private static final String PREFACE =
      """
      # Commands

      Made from the declarations of the options: `./mvnw -pl cli -am test -Dtest=CommandsPageTest \
      -Dbless=true -Dsurefire.failIfNoSpecifiedTests=false` writes it anew.

      Options have the names, defaults and meanings of TensorRT-LLM's `trtllm-build` and `run.py`: a
      pipeline moves over by changing the executable. Hyphens count as underscores
      (`--max-batch-size`). An option of TensorRT-LLM that has no meaning here is accepted with a
      line on standard error; one that would change the result is refused with the reason; anything
      else is a usage error with the nearest spelling. Two options that cannot be combined are an
      error that names both.

      Results go to standard output, everything else to standard error. With `--json` the result, or
      the error, is one JSON object in the last line of standard output. Every command prints its
      manual page with `--man` and a completion script with `--generate_completion`, and loads the
      plugins ([add-a-model.md](add-a-model.md)) whose jars lie in the folder that `--plugin_dir` or
      else the variable LATHE_PLUGINS names.

      | exit code | meaning |
      |---|---|
      | 0 | done |
      | 1 | failure, or the answer is no (`--expect_contains`, `--max_perplexity`, `--diff`) |
      | 2 | usage: options that cannot be |
      | 3 | no usable GPU or driver |
      | 4 | bad or unsupported model |
      | 5 | engine corrupt or incompatible |
      | 6 | out of memory |
      | 130, 143 | ended by SIGINT, SIGTERM; a build leaves the old engine as it was |
      """;

  private final StringBuilder page = new StringBuilder(PREFACE);

  private CommandsPage() {}

  static String text() {
    CommandsPage commands = new CommandsPage();
    for (CommandName name : CommandName.values()) {
      commands.add(CommandRunner.commandLine(name, name.newCommand()));
    }
    return commands.page.toString();
  }

  private void add(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append("\n## ").append(spec.qualifiedName()).append("\n\n");
    page.append(capitalised(String.join(" ", spec.usageMessage().header()))).append("\n\n");
    for (String synopsis : spec.usageMessage().customSynopsis()) {
      page.append("`").append(synopsis).append("`\n\n");
    }
    page.append("| option | meaning |\n|---|---|\n");
    spec.positionalParameters().forEach(this::add);
    ownOptions(spec).forEach(this::add);
    command.getSubcommands().values().forEach(this::add);
  }

  /// All but those that every command has.
  private static List<OptionSpec> ownOptions(CommandSpec spec) {
    List<OptionSpec> messages =
        spec.argGroups().stream()
            .filter(group -> String.valueOf(group.heading()).contains("Messages"))
            .map(ArgGroupSpec::options)
            .flatMap(List::stream)
            .toList();
    return spec.options().stream()
        .filter(option -> !option.hidden() && !messages.contains(option))
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .toList();
  }

  private void add(OptionSpec option) {
    String names =
        Arrays.stream(option.names())
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    row(names + value, option.description());
  }

  private void add(PositionalParamSpec positional) {
    row(positional.paramLabel(), positional.description());
  }

  private void row(String term, String[] description) {
    page.append("| ").append(term).append(" | ");
    page.append(String.join(" ", description).replace("|", "\\|")).append(" |\n");
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
  }
}
