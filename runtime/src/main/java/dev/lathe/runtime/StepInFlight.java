package dev.lathe.runtime;

import dev.lathe.runtime.schedule.Tick;
import java.util.Arrays;

/// A step from its making to the publication of its tokens: what it computes, and where the tokens
/// come from. Two of them take turns; their memory is kept.
final class StepInFlight {
  private final Tick<Generation> tick = new Tick<>();
  private boolean[] samples = new boolean[16];
  private boolean[] promised = new boolean[16];
  private int[] rows = new int[16];

  Tick<Generation> tick() {
    return tick;
  }

  /// Notes which sequences sample; to be called when the tick is made.
  void begin() {
    if (samples.length < tick.size()) {
      samples = new boolean[2 * tick.size()];
      promised = new boolean[2 * tick.size()];
      rows = new int[2 * tick.size()];
    }
    Arrays.fill(promised, false);
    for (int i = 0; i < tick.size(); i++) {
      samples[i] = tick.samples(i);
    }
  }

  /// True if a token is sampled for the sequence.
  boolean samples(int index) {
    return samples[index];
  }

  void sampledFrom(int index, int row) {
    rows[index] = row;
  }

  /// Row of logits from which the sequence is sampled.
  int row(int index) {
    return rows[index];
  }

  void promise(int index) {
    promised[index] = true;
  }

  /// True if the sequence has room for the token.
  boolean promised(int index) {
    return promised[index];
  }

  /// True if the next step cannot be made before the tokens of this one are known: a penalty or a
  /// ban may depend on them.
  boolean decidesTheNext() {
    for (int i = 0; i < tick.size(); i++) {
      if (promised[i] && tick.sequence(i).adjustments().isPresent()) {
        return true;
      }
    }
    return false;
  }

  /// True if logits of this step are read, which the next step overwrites.
  boolean givesLogits() {
    for (int i = 0; i < tick.size(); i++) {
      Generation sequence = tick.sequence(i);
      if (sequence.keepsGenerationLogits() || sequence.wantsContextRows()) {
        return true;
      }
    }
    return false;
  }
}
