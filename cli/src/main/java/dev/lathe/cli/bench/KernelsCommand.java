package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Measures the steps of an engine one by one.
@Command(
    name = "kernels",
    header = "measures each step of a plan on the GPU, and PyTorch beside it.",
    footer = {
      "",
      "Without a GPU it ends with exit code 3. Where python3 has torch, the same operations are"
          + " timed",
      "in turn with it.",
    })
final class KernelsCommand extends LatheCommand {
  @Mixin private KernelsOptions options = new KernelsOptions();

  @Override
  public ExitCode run(Console console) throws IOException {
    options.check();
    new KernelsRun(options).run(console, output().log(console), output().json());
    return ExitCode.OK;
  }
}
