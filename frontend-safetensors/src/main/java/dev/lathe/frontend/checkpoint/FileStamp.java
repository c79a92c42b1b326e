package dev.lathe.frontend.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/// Size and time of a file, to notice that it was written to.
record FileStamp(Path file, long bytes, FileTime modified) {

  static FileStamp of(Path file) throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(file, attributes.size(), attributes.lastModifiedTime());
  }

  void check() {
    try {
      if (of(file).equals(this)) {
        return;
      }
    } catch (IOException e) {
      throw new CheckpointException(
          CheckpointError.FILE_CHANGED, file + ": vanished while it was read", e);
    }
    throw new CheckpointException(
        CheckpointError.FILE_CHANGED, file + ": was written to while it was read");
  }
}
