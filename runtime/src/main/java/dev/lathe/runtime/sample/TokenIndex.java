package dev.lathe.runtime.sample;

import java.util.Arrays;

/// Numbers distinct tokens in the order in which they turn up: a hash table with open addressing.
final class TokenIndex {
  private int[] tokens = new int[16];
  private int[] table = new int[32];
  private int size;

  TokenIndex() {
    Arrays.fill(table, -1);
  }

  int size() {
    return size;
  }

  /// The token with a number.
  int token(int entry) {
    return tokens[entry];
  }

  /// The number of a token; a new token gets the number [#size()].
  int entry(int token) {
    int at = find(token);
    if (table[at] < 0) {
      if (size == tokens.length) {
        grow();
        at = find(token);
      }
      tokens[size] = token;
      table[at] = size++;
    }
    return table[at];
  }

  private int find(int token) {
    int at = ((token * 0x9E3779B1) >>> 7) & (table.length - 1);
    while (table[at] >= 0 && tokens[table[at]] != token) {
      at = (at + 1) & (table.length - 1);
    }
    return at;
  }

  private void grow() {
    tokens = Arrays.copyOf(tokens, 2 * size);
    table = new int[4 * size];
    Arrays.fill(table, -1);
    for (int entry = 0; entry < size; entry++) {
      table[find(tokens[entry])] = entry;
    }
  }
}
