package dev.lathe.cli.build;

import dev.lathe.cli.build.TargetOptions.TuneMode;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.type.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a build shall do: every option checked by itself and against the others.
///
/// @param model directory or archive of a checkpoint, or a config.json
/// @param weightsGenerated true if `model` is a config.json, and the weights are made up
/// @param allowLinks true if links inside the checkpoint are followed
/// @param dtype empty: the checkpoint's
/// @param target empty: the GPU in this machine
record BuildRequest(
    Path model,
    boolean weightsGenerated,
    boolean allowLinks,
    Optional<DType> dtype,
    Optional<String> target,
    RequestedLimits limits,
    ArtifactOptions artifacts,
    TargetOptions tuning) {

  static final List<String> TARGETS = List.of("sm_80", "sm_89", "sm_90a", "cpu");
  private static final Set<String> VERBOSITIES = Set.of("layer_names_only", "detailed", "none");

  /// @throws UsageError for options that cannot be
  static BuildRequest of(BuildOptions options) {
    ModelOptions model = options.model;
    checkTarget(options.target);
    checkArtifacts(options.artifacts);
    return new BuildRequest(
        model(model),
        model.modelConfig.isPresent(),
        model.allowLinks,
        model.dtype.map(BuildRequest::dtype),
        options.target.target,
        RequestedLimits.of(options.limits),
        options.artifacts,
        options.target);
  }

  private static Path model(ModelOptions model) {
    if (model.checkpoint.isPresent() && model.modelConfig.isPresent()) {
      throw UsageError.conflict(
          "--checkpoint_dir", "--model_config", "weights come from one or are generated");
    }
    return model
        .checkpoint
        .or(() -> model.modelConfig)
        .orElseThrow(() ->
            new UsageError(
                "there is no model: neither --checkpoint_dir nor --model_config is given",
                "trtllm-build --checkpoint_dir DIR --output_dir DIR"));
  }

  private static DType dtype(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "bfloat16", "bf16" -> DType.BF16;
      case "float16", "fp16", "half" -> DType.F16;
      case "float32", "fp32" -> DType.F32;
      default ->
          throw new UsageError(
              "--dtype is " + name + ", expected bfloat16, float16 or float32", "");
    };
  }

  private static void checkTarget(TargetOptions options) {
    options.target.ifPresent(target -> {
      if (!TARGETS.contains(target)) {
        throw new UsageError(
            "--target is " + target + ", expected " + String.join(", ", TARGETS),
            target.equals("sm_90") ? "write sm_90a" : "");
      }
    });
    checkTuning(options);
  }

  private static void checkTuning(TargetOptions options) {
    TuneMode mode = options.tune;
    if (mode == TuneMode.FULL && options.target.filter("cpu"::equals).isPresent()) {
      throw UsageError.conflict(
          "--tune full", "--target cpu", "there are no kernels to choose among");
    }
    if (mode == TuneMode.OFF && options.inputTimings.isPresent()) {
      throw UsageError.conflict(
          "--tune off", "--input_timing_cache", "off chooses by estimate alone");
    }
    options.tuneSeconds.ifPresent(seconds -> {
      UsageError.inRange("--tune_seconds", seconds, 1, 86_400);
      if (mode == TuneMode.OFF || mode == TuneMode.CACHED) {
        throw UsageError.conflict("--tune " + mode, "--tune_seconds", "nothing is timed");
      }
    });
    options.inputTimings.ifPresent(file -> {
      if (!Files.isRegularFile(file)) {
        throw new UsageError(
            "--input_timing_cache " + file + " does not exist",
            "leave it out for a first build; --output_timing_cache writes one");
      }
    });
  }

  /// Where timings go.
  Path timingOutput() {
    return tuning.outputTimings.orElse(artifacts.outputDirectory.resolve("timing.cache"));
  }

  /// True if the build ends in an engine.
  boolean writesEngine() {
    return !artifacts.dryRun && artifacts.stopAfter.isEmpty();
  }

  private static void checkArtifacts(ArtifactOptions options) {
    UsageError.inRange("--workers", options.workers, 1, 1024);
    options.stopAfter.ifPresent(StopStage::check);
    options.picture.ifPresent(BuildRequest::checkPicture);
    if (options.dryRun && options.stopAfter.isPresent()) {
      throw UsageError.conflict("--dry_run", "--stop_after", "each says where the build ends");
    }
    if (!VERBOSITIES.contains(options.profilingVerbosity)) {
      throw new UsageError(
          "--profiling_verbosity is "
              + options.profilingVerbosity
              + ", expected layer_names_only, detailed or none",
          "");
    }
  }

  /// Threads that assemble kernels and evaluate weights.
  int workers() {
    return artifacts.workers.orElse(Runtime.getRuntime().availableProcessors());
  }

  private static void checkPicture(Path file) {
    if (!file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(svg|dot|mmd)")) {
      throw new UsageError(
          "--visualize_network is " + file + ", expected a name that ends in .svg, .dot or .mmd",
          "");
    }
  }
}
