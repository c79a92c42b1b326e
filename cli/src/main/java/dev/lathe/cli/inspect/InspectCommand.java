package dev.lathe.cli.inspect;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints what is inside an engine.
@Command(
    header = "tells what is inside an engine.",
    customSynopsis = "trtllm-inspect ENGINE [OPTION]",
    description = {
      "",
      "Without an option: the model, its limits and memory, the plans, the kernels, the weights."
    },
    footer = {
      "",
      "Examples:",
      "  trtllm-inspect engine --plan decode",
      "  trtllm-inspect engine --why layers.0.qkv",
      "  trtllm-inspect engine --verify && echo intact",
      "",
      "Exit codes:",
      "  0 done, and with --diff: equal; 1 failure, or different; 2 usage; 5 bad engine."
    })
public final class InspectCommand extends LatheCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "ENGINE",
      description = "Engine directory, or the .engine file itself.")
  private Optional<Path> engine = Optional.empty();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Question question = new Question();

  /// The work is done by classes of their own: help need not load what they need.
  @Override
  public ExitCode run(Console console) throws IOException {
    if (question.plugins) {
      PluginText.lines().forEach(console.out()::println);
      return ExitCode.OK;
    }
    Path place =
        engine.orElseThrow(() -> new UsageError("there is no ENGINE", "trtllm-inspect ENGINE"));
    return new InspectAnswer(place, question, console, output().json()).print();
  }
}
