package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.OutputOptions;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/// Makes a dataset.
@Command(
    name = "prepare-dataset",
    header = "makes a dataset: one request a line, as JSON.",
    subcommands = {TokenDatasetCommand.class, TextDatasetCommand.class})
final class PrepareDatasetCommand implements LatheCommand {
  @ArgGroup(exclusive = false, validate = false, order = 100, heading = OutputOptions.HEADING)
  private OutputOptions output = new OutputOptions();

  @Override
  public OutputOptions output() {
    return output;
  }

  @Override
  public ExitCode run(Console console) {
    throw new UsageError(
        "trtllm-bench prepare-dataset does not know what to make",
        "trtllm-bench prepare-dataset token-norm-dist --help");
  }
}
