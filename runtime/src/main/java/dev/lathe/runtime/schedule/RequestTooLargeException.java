package dev.lathe.runtime.schedule;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A request that this engine or its KV pool can never run.
public final class RequestTooLargeException extends LatheException {
  private static final long serialVersionUID = 1;

  RequestTooLargeException(String code, String message, String hint) {
    super(ExitCode.USAGE, code, message, hint);
  }

  /// @throws RequestTooLargeException if a sequence of the given lengths can never run
  static void check(int promptLength, int maxLength, SchedulerLimits limits) {
    if (promptLength > limits.maxInputLength()) {
      throw new RequestTooLargeException(
          "prompt-too-long",
          "The prompt has %d tokens; the engine takes %d at most."
              .formatted(promptLength, limits.maxInputLength()),
          "Shorten the prompt, or build the engine with a greater --max_input_len.");
    }
    if (maxLength > limits.maxSequenceLength()) {
      throw new RequestTooLargeException(
          "sequence-too-long",
          "The prompt of %d tokens and %d output tokens make %d; the engine takes %d at most."
              .formatted(
                  promptLength, maxLength - promptLength, maxLength, limits.maxSequenceLength()),
          "Ask for fewer output tokens, or build the engine with a greater --max_seq_len.");
    }
    if (limits.wholePrompts() && promptLength > limits.maxTokens()) {
      throw new RequestTooLargeException(
          "prompt-too-long",
          """
          The prompt has %d tokens; the model is an encoder, which computes a prompt in one step, \
          and a step has %d at most.\
          """
              .formatted(promptLength, limits.maxTokens()),
          "Shorten the prompt, or build the engine with a greater --max_num_tokens.");
    }
    int blocks =
        Math.ceilDiv(Sequence.placesNeeded(promptLength, maxLength), limits.tokensPerBlock());
    if (blocks > limits.blocks()) {
      throw new RequestTooLargeException(
          "kv-pool-too-small",
          "The request needs %d blocks of the KV cache, which has %d."
              .formatted(blocks, limits.blocks()),
          "Ask for fewer tokens, or give the KV cache more memory.");
    }
  }
}
