package dev.lathe.engine.type;

/// A size that is known only when a batch is there. All are non-negative.
public enum SizeSymbol {
  /// Rows of the step: all new tokens of the batch, prompt chunks and single tokens together.
  TOKENS("T"),
  /// Sequences that take part in the step.
  SEQUENCES("S"),
  /// Rows of which logits are computed: the last token of each sequence, or all tokens.
  LOGIT_ROWS("R");

  private final String letter;

  SizeSymbol(String letter) {
    this.letter = letter;
  }

  /// The letter by which the text forms name it.
  public String letter() {
    return letter;
  }
}
