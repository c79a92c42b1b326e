package dev.lathe.cli.console;

import com.google.gson.JsonObject;

/// A failure as the one JSON object that a command with `--json` prints.
public final class JsonFailure {
  private JsonFailure() {}

  /// `{"error": {"code", "message", "hint"}, "exit_code"}` in one line.
  public static String text(Failure failure) {
    JsonObject error = new JsonObject();
    error.addProperty("code", failure.code());
    error.addProperty("message", failure.sentence());
    error.addProperty("hint", failure.hint());
    JsonObject object = new JsonObject();
    object.add("error", error);
    object.addProperty("exit_code", failure.exitCode().code());
    return object.toString();
  }
}
