package dev.lathe.engine.type;

/// Values of all [SizeSymbol]s: of one batch, or the limits of a profile.
///
/// @param tokens new tokens of the step
/// @param sequences sequences of the step
/// @param logitRows rows whose logits are computed
public record Sizes(long tokens, long sequences, long logitRows) {
  public Sizes {
    if (tokens < 0 || sequences < 0 || logitRows < 0) {
      throw new IllegalArgumentException("negative size in " + tokens + "," + sequences);
    }
  }

  /// The value of one symbol.
  public long value(SizeSymbol symbol) {
    return switch (symbol) {
      case TOKENS -> tokens;
      case SEQUENCES -> sequences;
      case LOGIT_ROWS -> logitRows;
    };
  }
}
