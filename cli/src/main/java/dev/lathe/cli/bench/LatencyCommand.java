package dev.lathe.cli.bench;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.error.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures a few requests at a time.
@Command(
    name = "latency",
    header = "measures how long requests take, one or a few at a time.",
    footer = {
      "",
      "Every request generates exactly as many tokens as it asks for.",
    })
final class LatencyCommand extends LatheCommand {
  @Mixin private ServingOptions options = new ServingOptions();

  @Option(
      names = "--concurrency",
      order = 116,
      paramLabel = "N",
      description = "Requests that run at once; the next starts when one ends. Default: 1.")
  private Optional<Integer> concurrency = Optional.empty();

  @Option(
      names = "--batch_size",
      order = 117,
      paramLabel = "N",
      description = {
        "Static batches: N requests start together, the next N when all have ended. Warm-up takes"
            + " whole batches."
      })
  private Optional<Integer> batchSize = Optional.empty();

  @Override
  public List<ForeignFlag> foreignFlags() {
    return BenchForeignFlags.ofServing();
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    if (concurrency.isPresent() && batchSize.isPresent()) {
      throw UsageError.conflict("--concurrency", "--batch_size", "they start requests differently");
    }
    UsageError.inRange("--concurrency", concurrency, 1, 1 << 16);
    UsageError.inRange("--batch_size", batchSize, 1, 1 << 16);
    options.check();
    ServingRun.latency(options, concurrency.orElse(1), batchSize)
        .run(console, output().log(console), output().json());
    return ExitCode.OK;
  }
}
