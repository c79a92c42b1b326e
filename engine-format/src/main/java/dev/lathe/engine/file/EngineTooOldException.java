package dev.lathe.engine.file;

import java.nio.file.Path;

/// The file has a format version that is no longer read: code `engine-too-old`.
public final class EngineTooOldException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  EngineTooOldException(Path file, int version, int oldest) {
    super(
        "engine-too-old",
        file,
        "the engine has format version " + version + "; the oldest that can be read is " + oldest,
        "Build the engine again with this release.");
  }
}
