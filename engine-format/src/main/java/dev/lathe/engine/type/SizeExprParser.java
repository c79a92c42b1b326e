package dev.lathe.engine.type;

import java.util.Arrays;

/// Reads the text form of a [SizeExpr]: sums and products of symbols, whole numbers, parentheses
/// and `ceil(a/n)`, without spaces. `parse(e.text())` equals `e`.
public final class SizeExprParser {
  /// Bound of the text, so that no text can nest deeper than a stack holds.
  private static final int MAX_CHARACTERS = 1000;

  private final String text;
  private int at;

  private SizeExprParser(String text) {
    this.text = text;
  }

  /// The expression that a text states.
  ///
  /// @throws IllegalArgumentException if the text is no expression; the sentence says where
  public static SizeExpr parse(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "a size of " + text.length() + " characters; at most " + MAX_CHARACTERS + " are read");
    }
    SizeExprParser parser = new SizeExprParser(text);
    SizeExpr expr = parser.sum();
    if (parser.at < text.length()) {
      throw parser.expected("an operator or the end");
    }
    return expr;
  }

  private SizeExpr sum() {
    SizeExpr left = product();
    while (skip('+')) {
      left = new SizeExpr.Sum(left, product());
    }
    return left;
  }

  private SizeExpr product() {
    SizeExpr left = factor();
    while (skip('*')) {
      left = new SizeExpr.Product(left, factor());
    }
    return left;
  }

  private SizeExpr factor() {
    if (skip('(')) {
      SizeExpr inner = sum();
      require(')');
      return inner;
    }
    if (text.startsWith("ceil(", at)) {
      at += "ceil(".length();
      SizeExpr dividend = sum();
      require('/');
      long divisor = number();
      require(')');
      return new SizeExpr.CeilDiv(dividend, divisor);
    }
    return at < text.length() && isDigit(text.charAt(at)) ? new SizeExpr.Const(number()) : symbol();
  }

  private SizeExpr symbol() {
    return Arrays.stream(SizeSymbol.values())
        .filter(symbol -> skip(symbol.letter().charAt(0)))
        .findFirst()
        .<SizeExpr>map(SizeExpr.Symbol::new)
        .orElseThrow(() -> expected("a size"));
  }

  private long number() {
    int begin = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (begin == at) {
      throw expected("a number");
    }
    try {
      return Long.parseLong(text, begin, at, 10);
    } catch (NumberFormatException overflow) {
      throw new IllegalArgumentException(
          "a number of over 63 bits in size '" + text + "'", overflow);
    }
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private boolean skip(char character) {
    if (at < text.length() && text.charAt(at) == character) {
      at++;
      return true;
    }
    return false;
  }

  private void require(char character) {
    if (!skip(character)) {
      throw expected("'" + character + "'");
    }
  }

  private IllegalArgumentException expected(String what) {
    return new IllegalArgumentException(
        "expected " + what + " at character " + at + " of size '" + text + "'");
  }
}
