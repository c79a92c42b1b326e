package dev.lathe.runtime;

import java.util.List;

/// When the tokens of one output were published, by the clock of [System#nanoTime()].
///
/// @param submitted when the request was submitted
/// @param published one time a token, in order; never before `submitted`
public record TokenTimes(long submitted, List<Long> published) {
  public TokenTimes {
    published = List.copyOf(published);
  }

  /// Nanoseconds from submission to the first token.
  ///
  /// @throws java.util.NoSuchElementException if there was none
  public long firstTokenNanos() {
    return published.getFirst() - submitted;
  }

  /// Nanoseconds from submission to the last token.
  ///
  /// @throws java.util.NoSuchElementException if there was none
  public long lastTokenNanos() {
    return published.getLast() - submitted;
  }
}
