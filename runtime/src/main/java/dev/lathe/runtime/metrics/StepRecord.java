package dev.lathe.runtime.metrics;

import dev.lathe.engine.v1.Profile;

/// What one step of a session did and took. The host makes a step while the device still runs the
/// one before it, so the times of neighbouring steps have no gap: together they are the time that
/// the session was not idle.
///
/// @param number of the step in its session, from 0
/// @param kind of the batch
/// @param tokens that the step computed
/// @param promptTokens those of them that were not generated
/// @param sequences that took part
/// @param contextTokens sum over the sequences of their tokens in the KV cache, the step's own
///     included
/// @param waiting sequences in the queue
/// @param freeBlocks of the KV pool
/// @param startNanos when the tokens of the step before were there, or the session ceased to be
///     idle, by the clock of [System#nanoTime()]
/// @param endNanos when the tokens of this step were there
public record StepRecord(
    long number,
    Profile.Kind kind,
    int tokens,
    int promptTokens,
    int sequences,
    long contextTokens,
    int waiting,
    int freeBlocks,
    long startNanos,
    long endNanos) {

  /// Nanoseconds that the step took.
  public long nanos() {
    return endNanos - startNanos;
  }

  /// The same step with its times.
  public StepRecord withTimes(long start, long end) {
    return new StepRecord(
        number,
        kind,
        tokens,
        promptTokens,
        sequences,
        contextTokens,
        waiting,
        freeBlocks,
        start,
        end);
  }
}
