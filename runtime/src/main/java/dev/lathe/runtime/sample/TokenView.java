package dev.lathe.runtime.sample;

/// The tokens of a sequence, prompt and output, as rules of sampling see them.
public interface TokenView {

  int length();

  /// The token at a position below [#length()].
  int token(int position);

  /// Tokens of the prompt.
  int promptLength();
}
