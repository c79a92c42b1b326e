package dev.lathe.runtime.device;

import java.util.Arrays;

/// Tokens of a batch whose ids are those that the step before it sampled: the device copies them
/// from there, so that a step can begin before the host has seen the last one's tokens. Kept as
/// runs of neighbours.
public final class CarriedTokens {
  private int[] tokens = new int[4];
  private int[] rows = new int[4];
  private int[] counts = new int[4];
  private int runs;

  /// Forgets all.
  public void clear() {
    runs = 0;
  }

  /// The id of token `token` of the batch is what row `row` of the step before sampled.
  public void add(int token, int row) {
    int last = runs - 1;
    if (last >= 0 && tokens[last] + counts[last] == token && rows[last] + counts[last] == row) {
      counts[last]++;
      return;
    }
    if (runs == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * runs);
      rows = Arrays.copyOf(rows, 2 * runs);
      counts = Arrays.copyOf(counts, 2 * runs);
    }
    tokens[runs] = token;
    rows[runs] = row;
    counts[runs] = 1;
    runs++;
  }

  /// Runs of neighbouring tokens from neighbouring rows.
  public int runs() {
    return runs;
  }

  /// First token of a run.
  public int token(int run) {
    return tokens[run];
  }

  /// Row of the step before that the first token of a run comes from.
  public int row(int run) {
    return rows[run];
  }

  /// Tokens of a run.
  public int count(int run) {
    return counts[run];
  }
}
