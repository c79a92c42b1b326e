package dev.lathe.engine.file;

import java.nio.file.Path;

/// The file has a format version of a later release: code `engine-too-new`.
public final class EngineTooNewException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  EngineTooNewException(Path file, int version, int newest) {
    super(
        "engine-too-new",
        file,
        "the engine has format version " + version + "; the newest that can be read is " + newest,
        "Run it with the release that built it, or build the engine again with this one.");
  }
}
