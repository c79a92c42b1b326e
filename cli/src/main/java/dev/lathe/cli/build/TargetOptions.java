package dev.lathe.cli.build;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What the engine runs on, and how its kernels are chosen.
final class TargetOptions {
  @Option(
      names = "--target",
      order = 300,
      paramLabel = "TARGET",
      description = {
        "sm_80, sm_89, sm_90a or cpu. Default: the GPU in this machine, else sm_90a.",
        "Any engine also runs on the CPU; one for cpu has no kernels."
      })
  Optional<String> target = Optional.empty();

  @Option(
      names = "--tune",
      order = 301,
      paramLabel = "HOW",
      description = {
        "off: choose kernels by estimate; cached: by timing cache, else by estimate;",
        "full: time on the GPU what the cache lacks; auto (default): full where the target GPU is",
        "present, else cached; a build that writes no engine times nothing unless it says full."
      })
  TuneMode tune = TuneMode.AUTO;

  @Option(
      names = "--input_timing_cache",
      order = 302,
      paramLabel = "FILE",
      description = "Timings to choose by: JSON lines of an earlier build. The file must exist.")
  Optional<Path> inputTimings = Optional.empty();

  @Option(
      names = "--output_timing_cache",
      order = 303,
      paramLabel = "FILE",
      description = {
        "Where the timings are added that this build rests on.",
        "Default: timing.cache in the output directory."
      })
  Optional<Path> outputTimings = Optional.empty();

  @Option(
      names = "--tune_seconds",
      order = 304,
      paramLabel = "N",
      description = "Seconds for timing; the rest is chosen by estimate. Default: 60.")
  Optional<Integer> tuneSeconds = Optional.empty();

  static final int DEFAULT_TUNE_SECONDS = 60;

  /// How kernels are chosen among the candidates.
  enum TuneMode {
    OFF,
    CACHED,
    AUTO,
    FULL;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
