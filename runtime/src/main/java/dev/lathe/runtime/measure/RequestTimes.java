package dev.lathe.runtime.measure;

import dev.lathe.runtime.TokenTimes;
import java.util.List;
import java.util.stream.LongStream;

/// How one request went.
///
/// @param inputTokens tokens of the prompt
public record RequestTimes(String id, int inputTokens, TokenTimes times) {

  public int outputTokens() {
    return times.published().size();
  }

  /// Nanoseconds from submission to the first token.
  public long firstTokenNanos() {
    return times.firstTokenNanos();
  }

  /// Nanoseconds from submission to the last token.
  public long latencyNanos() {
    return times.lastTokenNanos();
  }

  /// Nanoseconds between neighbouring tokens; empty for an output of one token.
  public LongStream gapNanos() {
    List<Long> published = times.published();
    return LongStream.range(1, published.size())
        .map(i -> published.get((int) i) - published.get((int) i - 1));
  }
}
