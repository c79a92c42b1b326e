package dev.lathe.frontend.json;

/// A JSON text that is not accepted. Readers of files catch it and raise their own typed error,
/// which names the file.
public final class JsonFault extends Exception {
  private static final long serialVersionUID = 1;

  /// What is wrong.
  public enum Kind {
    /// Bytes that are no UTF-8.
    ENCODING,
    /// No JSON by RFC 8259.
    SYNTAX,
    /// A key that occurs twice in one object.
    DUPLICATE_KEY,
    /// A text, a nesting or a count beyond the limit.
    LIMIT,
    /// A value of another kind than the format wants.
    TYPE
  }

  private final Kind kind;

  public JsonFault(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  JsonFault(Kind kind, String message, Exception cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// The message, never null.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
