package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures as many requests as the engine takes at a time.
@Command(
    name = "throughput",
    header = "measures how much an engine does when it has always enough to do.",
    footer = {
      "",
      "Every request generates exactly as many tokens as it asks for.",
    })
final class ThroughputCommand extends LatheCommand {
  @Mixin private ServingOptions options = new ServingOptions();

  @Option(
      names = "--concurrency",
      order = 116,
      paramLabel = "N",
      description = {
        "Requests that run at once; the next starts when one ends. 0 (default): all are queued at"
            + " once."
      })
  private int concurrency;

  @Override
  public List<ForeignFlag> foreignFlags() {
    return BenchForeignFlags.ofServing();
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    UsageError.inRange("--concurrency", concurrency, 0, 1 << 16);
    options.check();
    ServingRun.throughput(options, concurrency)
        .run(console, output().log(console), output().json());
    return ExitCode.OK;
  }
}
