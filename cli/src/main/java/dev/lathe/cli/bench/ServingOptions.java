package dev.lathe.cli.bench;

import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.DeviceChoice;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What `latency` and `throughput` have in common.
final class ServingOptions {
  private static final int MOST = 1 << 24;

  @Mixin final MeasurementOptions measurement = new MeasurementOptions();

  @Option(
      names = "--dataset",
      order = 110,
      paramLabel = "FILE",
      description = {
        "Requests, one JSON object a line: output_tokens, prompt or input_ids, and task_id if"
            + " wanted. Default: random token ids."
      })
  Optional<Path> dataset = Optional.empty();

  @Option(
      names = "--input_len",
      order = 111,
      paramLabel = "N",
      description = "Tokens of each random prompt. Default: 128.")
  Optional<Integer> inputLength = Optional.empty();

  @Option(
      names = "--output_len",
      order = 112,
      paramLabel = "N",
      description = "Tokens to generate for each random prompt. Default: 128.")
  Optional<Integer> outputLength = Optional.empty();

  @Option(
      names = {"--seed", "--random_seed"},
      order = 113,
      paramLabel = "SEED",
      description = "Seed of the random prompts. Default: 0.")
  long seed;

  @Option(
      names = "--num_requests",
      order = 114,
      paramLabel = "N",
      description = "Requests to measure. Default: the whole dataset, or 10 random ones.")
  Optional<Integer> requests = Optional.empty();

  @Option(
      names = "--warmup",
      order = 115,
      paramLabel = "N",
      description = {
        "Requests before those that count; CUDA graphs are recorded when a number of sequences runs"
            + " for the first time. Default: 2."
      })
  int warmup = 2;

  @Option(
      names = "--streaming",
      order = 120,
      description = "Read each token as it comes; else each output at its end.")
  boolean streaming;

  @Option(
      names = "--scheduler_policy",
      order = 121,
      paramLabel = "POLICY",
      description = {
        "guaranteed_no_evict (default): start a sequence if all can reach their ends;"
            + " max_utilization: start as many as fit now."
      })
  SchedulingPolicy policy = SchedulingPolicy.GUARANTEED_NO_EVICT;

  @Option(
      names = {"--kv_cache_free_gpu_mem_fraction", "--kv_cache_free_gpu_memory_fraction"},
      order = 122,
      paramLabel = "PART",
      description = "Part of the free memory for the KV cache, up to 1. Default: 0.95.")
  double kvMemoryFraction = 0.95;

  @Option(
      names = "--device",
      order = 123,
      paramLabel = "DEVICE",
      description = "auto (default), cuda or cpu.")
  DeviceChoice device = DeviceChoice.AUTO;

  @Option(
      names = "--iteration_log",
      order = 132,
      paramLabel = "FILE",
      description = "Write what each step did and took, one JSON object a line.")
  Optional<Path> iterationLog = Optional.empty();

  /// @throws UsageError for options that cannot be
  void check() {
    checkLength("--input_len", inputLength);
    checkLength("--output_len", outputLength);
    UsageError.inRange("--num_requests", requests, 1, MOST);
    UsageError.inRange("--warmup", warmup, 0, MOST);
    UsageError.inRange("--kv_cache_free_gpu_mem_fraction", kvMemoryFraction, Double.MIN_NORMAL, 1);
    measurement.check();
    ReportFiles.requireFolder("--iteration_log", iterationLog);
  }

  private void checkLength(String option, Optional<Integer> length) {
    UsageError.inRange(option, length, 1, MOST);
    if (dataset.isPresent() && length.isPresent()) {
      throw UsageError.conflict(option, "--dataset", "the dataset says how long its requests are");
    }
  }
}
