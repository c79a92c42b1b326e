package dev.lathe.runtime.sample;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import java.util.Arrays;
import java.util.List;

/// The tokens of one sequence whose logits are changed, with their counts and biases. Counts follow
/// the sequence as it grows; bans hold for one step. Allocates only when a new token turns up and
/// the table is full. Not thread-safe.
public final class AdjustmentTable {
  private static final int NEVER = -1;

  private final SamplingParameters parameters;
  private final int[] endIds;
  private final TokenIndex index = new TokenIndex();
  private int[] counts = new int[16];
  private float[] biases = new float[16];
  private long[] bannedAt = new long[16];
  private long step;
  private int seen;

  /// @param endIds tokens that the minimum of output tokens forbids at first
  /// @param vocabulary tokens outside it are left out
  public AdjustmentTable(SamplingParameters parameters, List<Integer> endIds, int vocabulary) {
    this.parameters = parameters;
    this.endIds =
        endIds.stream().mapToInt(Integer::intValue).filter(id -> id < vocabulary).toArray();
    parameters
        .logitBias()
        .forEach((token, bias) -> {
          if (token >= 0 && token < vocabulary) {
            biases[entry(token)] = bias;
          }
        });
    for (List<Integer> word : parameters.badWords()) {
      if (word.size() == 1 && word.getFirst() >= 0 && word.getFirst() < vocabulary) {
        biases[entry(word.getFirst())] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /// Writes the adjustments of the next token of a sequence into a batch, from element `at` of the
  /// adjustment arrays, and returns the element after the last.
  public int write(TokenView tokens, Batch batch, int at) {
    step++;
    if (parameters.penalizes()) {
      count(tokens);
    }
    ban(tokens);
    int[] ids = batch.ints(BatchInput.ADJUSTMENT_TOKENS, at + index.size());
    int[] times = batch.ints(BatchInput.ADJUSTMENT_COUNTS, at + index.size());
    float[] added = batch.floats(BatchInput.ADJUSTMENT_BIASES, at + index.size());
    int next = at;
    for (int entry = 0; entry < index.size(); entry++) {
      float bias = bannedAt[entry] == step ? Float.NEGATIVE_INFINITY : biases[entry];
      if (counts[entry] != NEVER || bias != 0) {
        ids[next] = index.token(entry);
        times[next] = counts[entry];
        added[next++] = bias;
      }
    }
    return next;
  }

  /// Counts the tokens that have come since the last step.
  private void count(TokenView tokens) {
    for (; seen < tokens.length(); seen++) {
      int entry = entry(tokens.token(seen));
      int counted = Math.max(0, counts[entry]);
      counts[entry] = seen < tokens.promptLength() ? counted : counted + 1;
    }
  }

  private void ban(TokenView tokens) {
    if (tokens.length() - tokens.promptLength() < parameters.minTokens()) {
      for (int id : endIds) {
        ban(id);
      }
    }
    List<List<Integer>> words = parameters.badWords();
    for (int i = 0; i < words.size(); i++) {
      List<Integer> word = words.get(i);
      if (word.size() > 1 && endsWithAllButLast(tokens, word)) {
        ban(word.getLast());
      }
    }
    banRepeatedNgrams(tokens, parameters.noRepeatNgramSize());
  }

  private void ban(int token) {
    bannedAt[entry(token)] = step;
  }

  private static boolean endsWithAllButLast(TokenView tokens, List<Integer> word) {
    int from = tokens.length() - word.size() + 1;
    if (from < 0) {
      return false;
    }
    for (int i = 0; i < word.size() - 1; i++) {
      if (tokens.token(from + i) != word.get(i)) {
        return false;
      }
    }
    return true;
  }

  /// Bans what followed wherever the last `size - 1` tokens occurred before.
  private void banRepeatedNgrams(TokenView tokens, int size) {
    if (size == 0) {
      return;
    }
    int tail = tokens.length() - size + 1;
    for (int start = 0; start + size <= tokens.length(); start++) {
      int i = 0;
      while (i < size - 1 && tokens.token(start + i) == tokens.token(tail + i)) {
        i++;
      }
      if (i == size - 1) {
        ban(tokens.token(start + i));
      }
    }
  }

  /// The entry of a token, new ones without count and bias.
  private int entry(int token) {
    int before = index.size();
    int entry = index.entry(token);
    if (entry == before) {
      if (entry == counts.length) {
        counts = Arrays.copyOf(counts, 2 * entry);
        biases = Arrays.copyOf(biases, 2 * entry);
        bannedAt = Arrays.copyOf(bannedAt, 2 * entry);
      }
      counts[entry] = NEVER;
    }
    return entry;
  }
}
