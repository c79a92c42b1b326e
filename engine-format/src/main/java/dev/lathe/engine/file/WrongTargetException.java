package dev.lathe.engine.file;

import java.nio.file.Path;

/// The engine was built for another device: code `wrong-target`. Thrown by loaders, which know
/// theirs.
public final class WrongTargetException extends EngineFormatException {
  private static final long serialVersionUID = 1;

  /// @param built target of the engine: `sm_90a`
  /// @param found what the device can run: `sm_80`
  public WrongTargetException(Path file, String built, String found) {
    super(
        "wrong-target",
        file,
        "the engine was built for " + built + ", but the device runs " + found,
        "Build an engine for " + found + ".");
  }
}
