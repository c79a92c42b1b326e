package dev.lathe.cli.run;

import dev.lathe.cli.wiring.DeviceChoice;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which engine runs, and where.
final class EngineOptions {
  @Option(
      names = "--engine_dir",
      order = 100,
      paramLabel = "DIR",
      description = "Engine directory, or the .engine file itself. Default: engine_outputs.")
  Path engine = Path.of("engine_outputs");

  @Option(
      names = "--tokenizer_dir",
      order = 101,
      paramLabel = "DIR",
      description = "Directory with tokenizer.json. Default: the tokenizer in the engine.")
  Optional<Path> tokenizer = Optional.empty();

  @Option(
      names = "--device",
      order = 102,
      paramLabel = "DEVICE",
      description =
          "auto (default: the GPU if there is one and the engine has kernels, else the CPU), cuda,"
              + " cpu.")
  DeviceChoice device = DeviceChoice.AUTO;

  @Option(
      names = {"--kv_cache_free_gpu_memory_fraction", "--kv_cache_free_gpu_mem_fraction"},
      order = 103,
      paramLabel = "PART",
      description = "Part of the free memory for the KV cache, up to 1. Default: 0.9.")
  double kvMemoryFraction = 0.9;

  @Option(
      names = "--kv_cache_enable_block_reuse",
      order = 104,
      description = {
        "Share the KV cache blocks of a common beginning between prompts: it is computed once."
            + " Whole",
        "blocks only; not for prompts whose logits are wanted, nor for encoders."
      })
  boolean blockReuse;

  @Option(
      names = "--enable_chunked_context",
      order = 105,
      description = "Take long prompts in chunks; always on, accepted for old scripts.")
  boolean chunkedContext;

  @Option(names = "--run_profiling", order = 106, description = "Print the time of each kernel.")
  boolean profiling;
}
