package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import java.nio.file.Path;

/// The format versions that are read.
final class EngineVersions {
  private static final int OLDEST = 3;
  private static final int OLDEST_CONTAINER = 1;

  private EngineVersions() {}

  /// Checks the version of the manifest.
  ///
  /// @throws EngineFormatException for a version that is not read
  static void require(Path file, int version) {
    require(file, version, OLDEST, Manifest.FORMAT_VERSION);
  }

  /// Checks the version of the container.
  ///
  /// @throws EngineFormatException for a version that is not read
  static void requireContainer(Path file, int version) {
    require(file, version, OLDEST_CONTAINER, Trailer.CONTAINER_VERSION);
  }

  private static void require(Path file, int version, int oldest, int newest) {
    if (version < oldest) {
      throw new EngineTooOldException(file, version, oldest);
    }
    if (version > newest) {
      throw new EngineTooNewException(file, version, newest);
    }
  }
}
