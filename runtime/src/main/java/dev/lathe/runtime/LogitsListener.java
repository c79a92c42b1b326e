package dev.lathe.runtime;

/// Takes rows of logits as they are computed, on the session's driver thread.
public interface LogitsListener {

  /// @param position of the token after which these logits stand, from 0 at the start of the prompt
  /// @param logits `(V)` float32, after penalties; the array is used again: copy what is to be kept
  void row(int position, float[] logits);
}
