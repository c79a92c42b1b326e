package dev.lathe.cli.eval;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import picocli.CommandLine.Command;

/// Measures the quality of an engine.
@Command(
    header = "measures how good an engine's answers are.",
    customSynopsis = "trtllm-eval perplexity --engine_dir DIR --text FILE [OPTION]...",
    subcommands = PerplexityCommand.class,
    footer = {
      "",
      "Examples:",
      "  trtllm-eval perplexity --engine_dir engine --text held-out.txt --max_perplexity 62",
      "",
      "Exit codes:",
      "  0 done; 1 failure, or a measure is over its bound; 2 usage; 3 no usable GPU;",
      "  5 bad engine; 6 out of memory."
    })
public final class EvalCommand extends LatheCommand {
  @Override
  public ExitCode run(Console console) {
    throw new UsageError(
        "trtllm-eval does not know what to measure", "trtllm-eval perplexity --help");
  }
}
