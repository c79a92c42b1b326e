package dev.lathe.runtime.text;

import java.util.Arrays;

/// Text of one sequence, token by token. A piece never ends inside a character: a token of a few
/// bytes gives no text until the character is complete. Not thread-safe.
///
/// How a token reads depends on its neighbours (a leading space, bytes that join), so each token is
/// decoded together with a window of those before it, from a place at which the text was whole.
public final class Detokenizer {
  private static final char REPLACEMENT = '\uFFFD';

  /// Greatest window; past it, whatever is held back is given out.
  private static final int MAX_WINDOW = 64;

  private final Tokenizer tokenizer;
  private int[] ids = new int[16];
  private int count;
  private int windowStart;
  private int lastWhole;
  private int given;

  public Detokenizer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Adds a token and returns the text that became certain, possibly none.
  public String add(int id) {
    if (count == ids.length) {
      compact();
    }
    ids[count++] = id;
    String text = window();
    int certain = certain(text);
    if (certain < text.length() && count - windowStart < MAX_WINDOW) {
      return give(text, certain);
    }
    String piece = give(text, text.length());
    windowStart = lastWhole;
    lastWhole = count;
    given = window().length();
    return piece;
  }

  /// The text that was held back, at the end of the sequence.
  public String finish() {
    String text = window();
    return give(text, text.length());
  }

  private String window() {
    return tokenizer.decode(ids, windowStart, count, true);
  }

  private String give(String text, int to) {
    String piece = text.substring(Math.min(given, to), to);
    given = Math.max(given, to);
    return piece;
  }

  /// Length of the text without the replacement characters at its end: they may be the beginning
  /// of a character.
  private static int certain(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == REPLACEMENT) {
      end--;
    }
    return end;
  }

  /// Drops the ids before the window, or makes room.
  private void compact() {
    int kept = count - windowStart;
    int[] target = kept > ids.length / 2 ? new int[2 * ids.length] : ids;
    System.arraycopy(ids, windowStart, target, 0, kept);
    Arrays.fill(target, kept, target.length, 0);
    ids = target;
    count = kept;
    lastWhole -= windowStart;
    windowStart = 0;
  }
}
