package dev.lathe.engine.file;

import java.nio.file.Path;

/// The file begins as an engine but does not end as one: code `truncated-engine`.
public final class TruncatedEngineException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  TruncatedEngineException(Path file) {
    super(
        "truncated-engine",
        file,
        "the file begins as an engine but does not end as one: it was cut short or added to",
        "Copy the file again, or build the engine again.");
  }
}
