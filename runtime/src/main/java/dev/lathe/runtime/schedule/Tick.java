package dev.lathe.runtime.schedule;

import dev.lathe.engine.v1.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What one step computes: for each sequence the next few of its tokens. Filled anew by
/// [Scheduler#next(Tick)]; its memory is kept.
public final class Tick<S extends Sequence> {
  private final List<S> sequences = new ArrayList<>();
  private int[] counts = new int[16];
  private int tokens;

  void clear() {
    sequences.clear();
    tokens = 0;
  }

  void add(S sequence, int count) {
    if (sequences.size() == counts.length) {
      counts = Arrays.copyOf(counts, 2 * counts.length);
    }
    counts[sequences.size()] = count;
    sequences.add(sequence);
    tokens += count;
  }

  /// Sequences that take part, the oldest first.
  public int size() {
    return sequences.size();
  }

  public S sequence(int index) {
    return sequences.get(index);
  }

  /// Tokens of a sequence that this step computes, from [Sequence#computed()] on.
  public int count(int index) {
    return counts[index];
  }

  /// All tokens of the step.
  public int tokens() {
    return tokens;
  }

  /// True if the step reaches the last known token of the sequence, so that one is sampled.
  public boolean samples(int index) {
    return counts[index] == sequences.get(index).pending();
  }

  /// [Profile.Kind#DECODE] if each sequence has one token and samples the next.
  public Profile.Kind kind() {
    for (int index = 0; index < sequences.size(); index++) {
      if (counts[index] != 1 || !samples(index)) {
        return Profile.Kind.MIXED;
      }
    }
    return Profile.Kind.DECODE;
  }
}
