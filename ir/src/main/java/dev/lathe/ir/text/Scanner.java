package dev.lathe.ir.text;

/// Reads a text symbol by symbol and skips space and comments between symbols.
final class Scanner {
  private final String text;
  private int at;
  private int line = 1;
  private int countedTo;

  Scanner(String text) {
    this.text = text;
    skipSpace();
  }

  /// Line of the next symbol, from 1.
  int line() {
    for (; countedTo < at; countedTo++) {
      line += text.charAt(countedTo) == '\n' ? 1 : 0;
    }
    return line;
  }

  boolean atEnd() {
    return at == text.length();
  }

  boolean sees(String symbol) {
    return text.startsWith(symbol, at);
  }

  /// True, and the symbol is consumed, if it is next.
  boolean accept(String symbol) {
    if (!sees(symbol)) {
      return false;
    }
    at += symbol.length();
    skipSpace();
    return true;
  }

  /// As [#accept(String)], for a word: it must end where the name ends.
  boolean acceptKeyword(String keyword) {
    int end = at + keyword.length();
    return (end >= text.length() || !isWordCharacter(text.charAt(end))) && accept(keyword);
  }

  void expect(String symbol) {
    if (!accept(symbol)) {
      throw error("expected '" + symbol + "' but found '" + rest() + "'");
    }
  }

  /// A name or number: letters, digits and `_.-+`.
  String word() {
    int start = at;
    while (at < text.length() && isWordCharacter(text.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw error("expected a name or number but found '" + rest() + "'");
    }
    String word = text.substring(start, at);
    skipSpace();
    return word;
  }

  /// A text in double quotes.
  String quoted() {
    if (!sees("\"")) {
      throw error("expected a quoted text but found '" + rest() + "'");
    }
    StringBuilder content = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      content.append(text.charAt(at) == '\\' ? escaped() : text.charAt(at));
    }
    if (atEnd()) {
      throw error("a quoted text does not end");
    }
    at++;
    skipSpace();
    return content.toString();
  }

  private char escaped() {
    at++;
    if (atEnd()) {
      throw error("a quoted text does not end");
    }
    return text.charAt(at) == 'n' ? '\n' : text.charAt(at);
  }

  /// Everything up to and with `close`.
  String through(String close) {
    int end = text.indexOf(close, at);
    if (end < 0) {
      throw error("expected '" + close + "' after '" + rest() + "'");
    }
    String content = text.substring(at, end + close.length());
    at = end + close.length();
    skipSpace();
    return content;
  }

  IrSyntaxException error(String sentence) {
    return new IrSyntaxException(line(), sentence);
  }

  private String rest() {
    return text.substring(at, Math.min(text.length(), at + 20)).lines().findFirst().orElse("");
  }

  private void skipSpace() {
    while (at < text.length()) {
      if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else {
        return;
      }
    }
  }

  private static boolean isWordCharacter(char c) {
    return Character.isLetterOrDigit(c) || "_.-+".indexOf(c) >= 0;
  }
}
