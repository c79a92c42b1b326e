package dev.lathe.runtime.text;

import java.util.List;

/// Finds stop words in text that comes in pieces, and holds back what may be the beginning of one.
/// Not thread-safe.
public final class StopText {
  private final List<String> words;
  private String held = "";
  private boolean stopped;

  /// @param words none of them empty
  public StopText(List<String> words) {
    this.words = List.copyOf(words);
  }

  /// Adds a piece and returns the text before the first stop word, as far as it is certain.
  public String add(String piece) {
    if (words.isEmpty() || stopped) {
      return stopped ? "" : piece;
    }
    String text = held + piece;
    int at = firstWord(text);
    if (at >= 0) {
      stopped = true;
      held = "";
      return text.substring(0, at);
    }
    int certain = text.length() - longestBeginning(text);
    held = text.substring(certain);
    return text.substring(0, certain);
  }

  /// What was held back, when no more text comes.
  public String finish() {
    String rest = held;
    held = "";
    return rest;
  }

  /// True once a stop word has come.
  public boolean stopped() {
    return stopped;
  }

  private int firstWord(String text) {
    int first = -1;
    for (String word : words) {
      int at = text.indexOf(word);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /// Length of the longest end of the text with which a stop word begins.
  private int longestBeginning(String text) {
    int longest = 0;
    for (String word : words) {
      for (int length = Math.min(word.length() - 1, text.length()); length > longest; length--) {
        if (text.endsWith(word.substring(0, length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
