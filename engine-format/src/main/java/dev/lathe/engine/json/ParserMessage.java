package dev.lathe.engine.json;

import com.google.gson.JsonParseException;

/// What gson says about a text that is no JSON, as a user may read it: one line, of the text alone.
/// Its own messages also tell programmers which methods to call.
public final class ParserMessage {
  private static final String ADVICE =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private ParserMessage() {}

  /// `malformed JSON at line 1 column 3 path $.`.
  public static String of(Exception problem) {
    Throwable wrapped = problem instanceof JsonParseException ? problem.getCause() : null;
    String message = String.valueOf((wrapped == null ? problem : wrapped).getMessage());
    return message.lines().findFirst().orElse("").replace(ADVICE, "malformed JSON");
  }
}
