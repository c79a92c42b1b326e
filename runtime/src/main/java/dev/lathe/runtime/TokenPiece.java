package dev.lathe.runtime;

/// A generated token, with the text that became certain by it: none while a character is incomplete
/// or a stop word may have begun. Text that was held back at the end of the output comes as a last
/// piece with token -1.
public record TokenPiece(int token, String text) {

  /// True for the piece that is text alone.
  public boolean isRest() {
    return token < 0;
  }
}
