package dev.lathe.engine.file;

import java.nio.file.Path;

/// The file is no engine: code `not-an-engine`.
public final class NotAnEngineException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  NotAnEngineException(Path file) {
    super(
        "not-an-engine",
        file,
        "this is no engine file",
        "Give the rank0.engine that trtllm-build wrote, or its directory.");
  }
}
