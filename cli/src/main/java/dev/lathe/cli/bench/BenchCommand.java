package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.util.List;
import picocli.CommandLine.Command;

/// Measures the speed of an engine.
@Command(
    header = "measures how fast an engine is.",
    customSynopsis = "trtllm-bench COMMAND --engine_dir DIR [OPTION]...",
    subcommands = {
      LatencyCommand.class,
      ThroughputCommand.class,
      KernelsCommand.class,
      PrepareDatasetCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  trtllm-bench latency --engine_dir engine --input_len 128 --output_len 128",
      "  trtllm-bench throughput --engine_dir engine --dataset requests.jsonl",
      "  trtllm-bench kernels --engine_dir engine --sequences 8",
      "",
      "Exit codes:",
      "  0 done; 1 failure; 2 usage, or a dataset that cannot be used; 3 no usable GPU;",
      "  5 bad engine; 6 out of memory."
    })
public final class BenchCommand extends LatheCommand {
  @Override
  public List<ForeignFlag> foreignFlags() {
    return BenchForeignFlags.ofAll();
  }

  @Override
  public ExitCode run(Console console) {
    throw new UsageError(
        "trtllm-bench does not know what to measure", "trtllm-bench latency --help");
  }
}
