package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import picocli.CommandLine.Command;

/// Makes a dataset.
@Command(
    name = "prepare-dataset",
    header = "makes a dataset: one request a line, as JSON.",
    subcommands = {TokenDatasetCommand.class, TextDatasetCommand.class})
final class PrepareDatasetCommand extends LatheCommand {
  @Override
  public ExitCode run(Console console) {
    throw new UsageError(
        "trtllm-bench prepare-dataset does not know what to make",
        "trtllm-bench prepare-dataset token-norm-dist --help");
  }
}
