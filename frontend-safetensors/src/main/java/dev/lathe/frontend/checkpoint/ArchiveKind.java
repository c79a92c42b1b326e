package dev.lathe.frontend.checkpoint;

import java.nio.file.Path;
import java.util.Locale;

/// Formats of archives, told by the file's extension and by nothing else.
enum ArchiveKind {
  TAR,
  TAR_GZIP,
  ZIP;

  static ArchiveKind of(Path archive) {
    String name = archive.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".tar")) {
      return TAR;
    }
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return TAR_GZIP;
    }
    if (name.endsWith(".zip")) {
      return ZIP;
    }
    if (name.endsWith(".tar.zst") || name.endsWith(".tzst")) {
      throw new CheckpointException(
          CheckpointError.ARCHIVE_KIND,
          archive + ": Zstandard is not read; `zstd -d` makes a .tar of it");
    }
    throw new CheckpointException(
        CheckpointError.ARCHIVE_KIND, archive + ": neither a directory nor a known archive");
  }
}
