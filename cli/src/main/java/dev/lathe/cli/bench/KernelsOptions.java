package dev.lathe.cli.bench;

import dev.lathe.cli.option.UsageError;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which steps are measured, and for which batch.
final class KernelsOptions {
  private static final int MOST = 1 << 24;

  @Mixin final MeasurementOptions measurement = new MeasurementOptions();

  @Option(
      names = "--profile",
      order = 101,
      paramLabel = "NAME",
      description = {
        "Plan to measure; the beginning of its name is enough. Default: the first that fits the"
            + " batch."
      })
  Optional<String> profile = Optional.empty();

  @Option(
      names = "--sequences",
      order = 102,
      paramLabel = "S",
      description = {
        "Sequences of the batch. Default: 1, or the most that the plan named by --profile takes."
      })
  Optional<Integer> sequences = Optional.empty();

  @Option(
      names = "--tokens",
      order = 103,
      paramLabel = "T",
      description = {
        "New tokens of the batch: prompts of equal length. Default: one a sequence, or the most"
            + " that the plan named by --profile takes."
      })
  Optional<Integer> tokens = Optional.empty();

  @Option(
      names = "--context",
      order = 104,
      paramLabel = "L",
      description = {
        "Tokens of each sequence in the KV cache. Default: 1024, or as many as a prompt has."
      })
  Optional<Integer> context = Optional.empty();

  @Option(
      names = "--samples",
      order = 105,
      paramLabel = "N",
      description = "Samples of each step; the median counts. Default: 15.")
  int samples = 15;

  @Option(
      names = "--python",
      order = 106,
      paramLabel = "FILE",
      description = "Interpreter that may have torch. Default: python3.")
  String python = "python3";

  @Option(names = "--no_torch", order = 107, description = "Leave PyTorch out.")
  boolean withoutTorch;

  /// @throws UsageError for options that cannot be
  void check() {
    UsageError.inRange("--sequences", sequences, 1, MOST);
    UsageError.inRange("--tokens", tokens, 1, MOST);
    UsageError.inRange("--context", context, 1, MOST);
    UsageError.inRange("--samples", samples, 1, 10_000);
    measurement.check();
  }
}
