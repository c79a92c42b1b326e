package dev.lathe.runtime;

/// Why an output ended.
public enum FinishReason {
  /// The model chose an end token.
  END_ID,
  /// A stop word turned up.
  STOP_WORD,
  /// As many tokens were generated as were asked for.
  LENGTH,
  CANCELLED
}
