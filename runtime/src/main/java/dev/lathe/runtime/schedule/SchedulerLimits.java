package dev.lathe.runtime.schedule;

import dev.lathe.engine.v1.Manifest;

/// Sizes that a tick and a sequence keep to.
///
/// @param maxSequences of one tick
/// @param maxTokens of one tick
/// @param maxInputLength of a prompt
/// @param maxSequenceLength of prompt and output together
/// @param tokensPerBlock of the KV cache
/// @param blocks of the KV cache
/// @param wholePrompts true if a prompt must be computed in one tick: of an encoder
public record SchedulerLimits(
    int maxSequences,
    int maxTokens,
    int maxInputLength,
    int maxSequenceLength,
    int tokensPerBlock,
    int blocks,
    boolean wholePrompts) {

  /// Of a model that generates.
  public SchedulerLimits(
      int maxSequences,
      int maxTokens,
      int maxInputLength,
      int maxSequenceLength,
      int tokensPerBlock,
      int blocks) {
    this(maxSequences, maxTokens, maxInputLength, maxSequenceLength, tokensPerBlock, blocks, false);
  }

  public static SchedulerLimits of(Manifest manifest, int blocks) {
    Manifest.Limits limits = manifest.limits();
    return new SchedulerLimits(
        limits.maxBatchSize(),
        limits.maxTokens(),
        limits.maxInputLength(),
        limits.maxSequenceLength(),
        manifest.kvCache().tokensPerBlock(),
        blocks,
        manifest.model().encoder().isPresent());
  }

  /// Checks that a sequence of these lengths can run.
  ///
  /// @throws RequestTooLargeException if it never can
  public void check(int promptLength, int maxOutputTokens) {
    RequestTooLargeException.check(
        promptLength, Math.addExact(promptLength, maxOutputTokens), this);
  }
}
