package dev.lathe.engine.file;

import java.nio.file.Path;

/// A part of the file is not what was written, or contradicts another: code `corrupt-engine`.
public final class CorruptEngineException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  private final String entry;

  CorruptEngineException(Path file, String entry, String problem) {
    super(
        "corrupt-engine",
        file,
        entry + " is damaged: " + problem,
        "Copy the file again, or build the engine again.");
    this.entry = entry;
  }

  /// Name of the damaged entry, or `structure` for the bytes between entries.
  public String entry() {
    return entry;
  }
}
