package dev.lathe.cli.checkpoint;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.OutputOptions;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Writes a checkpoint with generated weights.
@Command(
    header = "writes a checkpoint with generated weights, for tests and benchmarks.",
    customSynopsis = "trtllm-make-checkpoint NAME DIR")
public final class MakeCheckpointCommand implements LatheCommand {
  @ArgGroup(exclusive = false, validate = false, order = 100, heading = OutputOptions.HEADING)
  private OutputOptions output = new OutputOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Shape of the model; without a name, the shapes there are are listed.")
  private Optional<String> name = Optional.empty();

  @Parameters(index = "1", arity = "0..1", paramLabel = "DIR", description = "Where it goes.")
  private Optional<Path> directory = Optional.empty();

  @Override
  public OutputOptions output() {
    return output;
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    throw new IllegalStateException("not wired " + name + directory);
  }
}
