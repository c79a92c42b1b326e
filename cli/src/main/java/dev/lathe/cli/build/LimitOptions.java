package dev.lathe.cli.build;

import java.util.Optional;
import picocli.CommandLine.Option;

/// What the engine is planned for.
final class LimitOptions {
  static final int DEFAULT_BATCH_SIZE = 2048;
  static final int DEFAULT_TOKENS = 8192;
  static final int DEFAULT_INPUT_LENGTH = 1024;

  @Option(
      names = "--max_batch_size",
      order = 200,
      paramLabel = "N",
      description = "Sequences that run at once. Default: " + DEFAULT_BATCH_SIZE + ".")
  Optional<Integer> batchSize = Optional.empty();

  @Option(
      names = "--max_seq_len",
      order = 201,
      paramLabel = "N",
      description = "Tokens of one sequence, prompt and output. Default: the model's positions.")
  Optional<Integer> sequenceLength = Optional.empty();

  @Option(
      names = "--max_num_tokens",
      order = 202,
      paramLabel = "N",
      description = "Tokens of one step over all sequences. Default: " + DEFAULT_TOKENS + ".")
  Optional<Integer> tokens = Optional.empty();

  @Option(
      names = "--max_input_len",
      order = 203,
      paramLabel = "N",
      description = "Tokens of one prompt. Default: " + DEFAULT_INPUT_LENGTH + ".")
  Optional<Integer> inputLength = Optional.empty();

  @Option(
      names = "--kv_cache_type",
      order = 204,
      paramLabel = "TYPE",
      description = "paged, the only one there is.")
  String kvCacheType = "paged";

  @Option(
      names = "--tokens_per_block",
      order = 205,
      paramLabel = "N",
      description = "Tokens of one KV cache block: 16, 32, 64 or 128. Default: 64.")
  int tokensPerBlock = 64;

  @Option(
      names = {"--gather_context_logits", "--gather_all_token_logits"},
      order = 206,
      description = "Make the logits of prompt tokens available.")
  boolean contextLogits;

  @Option(
      names = "--logits_dtype",
      order = 207,
      paramLabel = "TYPE",
      description = "float32, the only one there is.")
  String logitsDtype = "float32";
}
