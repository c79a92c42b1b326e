package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import java.nio.file.Path;

/// The format versions that are read.
final class EngineVersions {
  private static final int OLDEST = 1;

  private EngineVersions() {}

  /// @throws EngineFormatException for a version that is not read
  static void require(Path file, int version) {
    if (version < OLDEST) {
      throw new EngineTooOldException(file, version, OLDEST);
    }
    if (version > Manifest.FORMAT_VERSION) {
      throw new EngineTooNewException(file, version, Manifest.FORMAT_VERSION);
    }
  }
}
