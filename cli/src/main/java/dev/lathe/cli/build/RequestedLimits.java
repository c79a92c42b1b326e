package dev.lathe.cli.build;

import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.v1.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The limits that the user asked for, which a model then completes.
///
/// Numbers that were given stand or are refused. A default that cannot stand is lowered, and the
/// build says so.
record RequestedLimits(
    Optional<Integer> batchSize,
    Optional<Integer> sequenceLength,
    Optional<Integer> tokens,
    Optional<Integer> inputLength,
    int tokensPerBlock,
    boolean contextLogits) {

  private static final int GREATEST = 1 << 24;
  private static final List<Integer> BLOCK_SIZES = List.of(16, 32, 64, 128);

  /// The limits of one engine, and a sentence for each default that was lowered.
  record Resolved(Manifest.Limits limits, List<String> notes) {
    Resolved {
      notes = List.copyOf(notes);
    }
  }

  /// @throws UsageError for numbers out of range, or that exclude each other
  static RequestedLimits of(LimitOptions options) {
    checkOnlyChoice(
        "--kv_cache_type", options.kvCacheType.toLowerCase(java.util.Locale.ROOT), "paged");
    checkOnlyChoice("--logits_dtype", options.logitsDtype, "float32");
    if (!BLOCK_SIZES.contains(options.tokensPerBlock)) {
      throw new UsageError(
          "--tokens_per_block is " + options.tokensPerBlock + ", expected 16, 32, 64 or 128", "");
    }
    RequestedLimits limits =
        new RequestedLimits(
            checked("--max_batch_size", options.batchSize, 1 << 16),
            checked("--max_seq_len", options.sequenceLength, GREATEST),
            checked("--max_num_tokens", options.tokens, GREATEST),
            checked("--max_input_len", options.inputLength, GREATEST),
            options.tokensPerBlock,
            options.contextLogits);
    checkOrder("--max_input_len", limits.inputLength, "--max_seq_len", limits.sequenceLength);
    checkOrder("--max_batch_size", limits.batchSize, "--max_num_tokens", limits.tokens);
    return limits;
  }

  private static void checkOnlyChoice(String option, String value, String choice) {
    if (!value.equals(choice)) {
      throw new UsageError(option + " is " + value + ", expected " + choice, "");
    }
  }

  private static Optional<Integer> checked(String option, Optional<Integer> value, int greatest) {
    UsageError.inRange(option, value, 1, greatest);
    return value;
  }

  private static void checkOrder(
      String lesserName, Optional<Integer> lesser, String greaterName, Optional<Integer> greater) {
    if (lesser.isPresent() && greater.isPresent() && lesser.get() > greater.get()) {
      throw UsageError.conflict(
          lesserName + " " + lesser.get(),
          greaterName + " " + greater.get(),
          "the first may not be greater than the second");
    }
  }

  /// The limits for a model that generates.
  ///
  /// @param positions that the model was made for; empty if it has no end of its own
  Resolved resolve(OptionalInt positions) {
    return resolve(positions, false);
  }

  /// The limits for a model.
  ///
  /// @param encoder true if a prompt must fit into a step, and rows of all its tokens are wanted
  Resolved resolve(OptionalInt positions, boolean encoder) {
    List<String> notes = new ArrayList<>();
    int sequence = sequenceLength(positions, notes);
    int stepTokens = tokens.orElse(Math.max(LimitOptions.DEFAULT_TOKENS, batchSize.orElse(0)));
    int input =
        inputLength.orElseGet(
            () -> lowered("--max_input_len", LimitOptions.DEFAULT_INPUT_LENGTH, sequence, notes));
    if (input > sequence) {
      throw UsageError.conflict(
          "--max_input_len " + input,
          "--max_seq_len " + sequence + " (the model's)",
          "the first may not be greater than the second");
    }
    if (encoder) {
      input = inputOfAStep(input, stepTokens, notes);
    }
    int sequences =
        batchSize.orElseGet(
            () -> lowered("--max_batch_size", LimitOptions.DEFAULT_BATCH_SIZE, stepTokens, notes));
    return new Resolved(
        new Manifest.Limits(sequences, sequence, input, stepTokens, contextLogits || encoder),
        notes);
  }

  /// The length of prompts that are computed in one step.
  private int inputOfAStep(int input, int stepTokens, List<String> notes) {
    if (input > stepTokens && inputLength.isPresent()) {
      throw UsageError.conflict(
          "--max_input_len " + input,
          "--max_num_tokens " + stepTokens,
          "the model is an encoder, which computes a prompt in one step");
    }
    return lowered("--max_input_len", input, stepTokens, notes);
  }

  private int sequenceLength(OptionalInt positions, List<String> notes) {
    if (sequenceLength.isEmpty()) {
      return positions.orElse(LimitOptions.DEFAULT_INPUT_LENGTH * 2);
    }
    int wanted = sequenceLength.get();
    if (positions.isPresent() && wanted > positions.getAsInt()) {
      notes.add(
          "--max_seq_len "
              + wanted
              + " is more than the "
              + positions.getAsInt()
              + " positions that the model was made for");
    }
    return wanted;
  }

  private static int lowered(String option, int fallback, int greatest, List<String> notes) {
    if (fallback > greatest) {
      notes.add(option + " is " + greatest + " instead of the default " + fallback);
    }
    return Math.min(fallback, greatest);
  }
}
