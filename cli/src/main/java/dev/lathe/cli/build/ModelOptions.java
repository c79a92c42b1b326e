package dev.lathe.cli.build;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where the model comes from.
final class ModelOptions {
  @Option(
      names = "--checkpoint_dir",
      order = 100,
      paramLabel = "DIR",
      description = "Hugging Face or TensorRT-LLM checkpoint; also a .tar, .tar.gz or .zip of one.")
  Optional<Path> checkpoint = Optional.empty();

  @Option(
      names = "--model_config",
      order = 101,
      paramLabel = "FILE",
      description = "config.json alone: build with generated weights, to size or to measure.")
  Optional<Path> modelConfig = Optional.empty();

  @Option(
      names = "--build_config",
      order = 102,
      paramLabel = "FILE",
      description = "JSON object of any of these options; the command line wins.")
  Optional<Path> buildConfig = Optional.empty();

  @Option(
      names = "--dtype",
      order = 103,
      paramLabel = "TYPE",
      description = {
        "Type of activations and unquantized weights: bfloat16, float16, float32.",
        "Default: the checkpoint's."
      })
  Optional<String> dtype = Optional.empty();

  @Option(
      names = "--allow_symlinks",
      order = 104,
      description = "Follow links inside the checkpoint, as a hub cache has them.")
  boolean allowLinks;
}
