package dev.lathe.cli.bench;

import dev.lathe.cli.option.UsageError;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How many requests a dataset gets, and how long they are.
final class DatasetOptions {
  private static final int MOST = 1 << 24;

  @Option(
      names = "--num_requests",
      order = 1,
      paramLabel = "N",
      description = "Requests to make. Default: 1000.")
  int requests = 1000;

  @Option(
      names = "--input_mean",
      order = 2,
      paramLabel = "N",
      description = "Mean tokens of a prompt. Default: 128.")
  int inputMean = 128;

  @Option(
      names = "--input_stdev",
      order = 3,
      paramLabel = "N",
      description = "Standard deviation of the tokens of a prompt. Default: 0.")
  double inputDeviation;

  @Option(
      names = "--output_mean",
      order = 4,
      paramLabel = "N",
      description = "Mean tokens to generate. Default: 128.")
  int outputMean = 128;

  @Option(
      names = "--output_stdev",
      order = 5,
      paramLabel = "N",
      description = "Standard deviation of the tokens to generate. Default: 0.")
  double outputDeviation;

  @Option(
      names = {"--seed", "--random_seed"},
      order = 6,
      paramLabel = "SEED",
      description = "Equal seeds give equal datasets. Default: 0.")
  long seed;

  @Option(
      names = "--output",
      order = 7,
      paramLabel = "FILE",
      description = "Where the dataset goes. Default: standard output.")
  Optional<Path> file = Optional.empty();

  @Option(
      names = "--stdout",
      order = 8,
      description = "Print the dataset; accepted for old scripts.")
  boolean stdout;

  /// @throws UsageError for options that cannot be
  void check() {
    UsageError.inRange("--num_requests", requests, 1, MOST);
    UsageError.inRange("--input_mean", inputMean, 1, MOST);
    UsageError.inRange("--output_mean", outputMean, 1, MOST);
    UsageError.inRange("--input_stdev", inputDeviation, 0, MOST);
    UsageError.inRange("--output_stdev", outputDeviation, 0, MOST);
    if (stdout && file.isPresent()) {
      throw UsageError.conflict("--stdout", "--output", "the dataset goes to one of them");
    }
    ReportFiles.requireFolder("--output", file);
  }
}
