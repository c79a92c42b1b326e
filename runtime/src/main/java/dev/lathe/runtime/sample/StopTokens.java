package dev.lathe.runtime.sample;

import java.util.List;

/// Tokens and sequences of tokens at which an output ends. Immutable.
///
/// @param endIds single tokens
/// @param words sequences, none of them empty
public record StopTokens(List<Integer> endIds, List<List<Integer>> words) {
  public StopTokens {
    endIds = List.copyOf(endIds);
    words = words.stream().map(List::copyOf).toList();
  }

  /// True if the token ends an output.
  public boolean isEnd(int token) {
    for (int i = 0; i < endIds.size(); i++) {
      if (endIds.get(i) == token) {
        return true;
      }
    }
    return false;
  }

  /// True if the output, without the prompt, ends with a stop sequence.
  public boolean endsWithWord(TokenView tokens) {
    for (int i = 0; i < words.size(); i++) {
      if (endsWith(tokens, words.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWith(TokenView tokens, List<Integer> word) {
    int from = tokens.length() - word.size();
    if (from < tokens.promptLength()) {
      return false;
    }
    for (int i = 0; i < word.size(); i++) {
      if (tokens.token(from + i) != word.get(i)) {
        return false;
      }
    }
    return true;
  }
}
