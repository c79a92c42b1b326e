package dev.lathe.frontend.random;

import java.nio.file.Path;
import java.util.Optional;

/// A checkpoint that is wanted.
///
/// @param directory where it goes; created if it is not there, refused if it holds anything
/// @param tokenizerFrom a checkpoint directory whose tokenizer files are copied; its vocabulary may
///     be another
/// @param threads that generate and write
/// @param shardBytes greatest size of a file, its header apart
public record GenerationRequest(
    ModelShape shape,
    Path directory,
    long seed,
    Optional<Path> tokenizerFrom,
    int threads,
    long shardBytes) {
  private static final long SHARD_BYTES = 5_000_000_000L;

  public GenerationRequest {
    if (threads < 1 || shardBytes < 1) {
      throw new IllegalArgumentException(threads + " threads, shards of " + shardBytes + " bytes");
    }
  }

  /// Seed 0, no tokenizer, a thread a processor, files of 5 GB.
  public static GenerationRequest of(ModelShape shape, Path directory) {
    int threads = Runtime.getRuntime().availableProcessors();
    return new GenerationRequest(shape, directory, 0, Optional.empty(), threads, SHARD_BYTES);
  }

  public GenerationRequest withTokenizerFrom(Path other) {
    return new GenerationRequest(shape, directory, seed, Optional.of(other), threads, shardBytes);
  }

  public GenerationRequest withShardBytes(long bytes) {
    return new GenerationRequest(shape, directory, seed, tokenizerFrom, threads, bytes);
  }

  public GenerationRequest withThreads(int count) {
    return new GenerationRequest(shape, directory, seed, tokenizerFrom, count, shardBytes);
  }
}
