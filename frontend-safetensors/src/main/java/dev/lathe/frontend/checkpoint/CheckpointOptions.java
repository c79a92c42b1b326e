package dev.lathe.frontend.checkpoint;

import java.nio.file.Path;
import java.util.Optional;

/// How a checkpoint is opened.
///
/// @param allowLinks true to follow symbolic links of files in the directory and to read files with
///     other hard links, as the cache of the Hugging Face hub has them; an archive's links stay
///     refused
/// @param temporaryParent where an archive is unpacked; empty: the system's directory for temporary
///     files
/// @param maxArchiveBytes bytes that the files of an archive may have together
public record CheckpointOptions(
    boolean allowLinks, Optional<Path> temporaryParent, long maxArchiveBytes) {

  /// No links; archives of up to 4 TiB, unpacked in the system's temporary directory.
  public static final CheckpointOptions DEFAULT =
      new CheckpointOptions(false, Optional.empty(), 4L << 40);

  public CheckpointOptions withAllowLinks(boolean allow) {
    return new CheckpointOptions(allow, temporaryParent, maxArchiveBytes);
  }

  public CheckpointOptions withTemporaryParent(Path parent) {
    return new CheckpointOptions(allowLinks, Optional.of(parent), maxArchiveBytes);
  }

  public CheckpointOptions withMaxArchiveBytes(long bytes) {
    return new CheckpointOptions(allowLinks, temporaryParent, bytes);
  }
}
