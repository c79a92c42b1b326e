package dev.lathe.engine.json;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;

/// A JSON text that does not state the expected record. The sentence gives the place as a path:
/// `$.steps[3].op.in`.
public final class RecordFormatException extends LatheException {
  private static final long serialVersionUID = 1;

  RecordFormatException(String path, String problem, Throwable cause) {
    super(ExitCode.FAILURE, "bad-record", path + ": " + problem, "", cause);
  }

  RecordFormatException(String path, String problem) {
    super(ExitCode.FAILURE, "bad-record", path + ": " + problem, "");
  }
}
