package dev.lathe.cli.run;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.OutputOptions;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Generates text with an engine.
@Command(
    header = "generates text with an engine.",
    customSynopsis = "trtllm-run --engine_dir DIR --input_text TEXT... [OPTION]...",
    footer = {
      "",
      "Examples:",
      "  trtllm-run --engine_dir engine --input_text \"Once upon a time\" --streaming",
      "  trtllm-run --engine_dir engine --input_text \"2 + 2 =\" --expect_contains 4",
      "",
      "Exit codes:",
      "  0 done; 1 failure, or an expected text is missing; 2 usage; 3 no usable GPU;",
      "  5 bad engine; 6 out of memory."
    })
public final class RunCommand implements LatheCommand {
  @ArgGroup(exclusive = false, validate = false, order = 100, heading = OutputOptions.HEADING)
  private OutputOptions output = new OutputOptions();

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public OutputOptions output() {
    return output;
  }

  @Override
  public List<ForeignFlag> foreignFlags() {
    return RunForeignFlags.all();
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    throw new IllegalStateException("not wired " + options);
  }
}
