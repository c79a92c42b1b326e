package dev.lathe.engine.file;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Turns failures of writing into errors that say what to do.
final class WriteFailures {
  private WriteFailures() {}

  /// Work that writes a file.
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T guard(Path file, Work<T> work) {
    try {
      return work.run();
    } catch (IOException problem) {
      throw failed(file, problem);
    } catch (InternalError fault) {
      // How the platform reports that a mapped file shrank or could not be read.
      throw new LatheException(
          ExitCode.FAILURE,
          "read-failed",
          "a checkpoint file could not be read while " + file + " was written",
          "See that no program changes the checkpoint, and that its disk is sound.",
          fault);
    }
  }

  /// @throws LatheException `disk-full` if the disk has less room than the file needs
  static void requireSpace(Path file, long bytes) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    long usable = Files.getFileStore(directory).getUsableSpace();
    if (usable < bytes) {
      throw new LatheException(
          ExitCode.FAILURE,
          "disk-full",
          file + " needs " + mebibytes(bytes) + " MiB; its disk has " + mebibytes(usable) + " MiB",
          "Free some space, or choose another output directory.");
    }
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  private static LatheException failed(Path file, IOException problem) {
    String reason = String.valueOf(problem.getMessage());
    if (problem instanceof ClosedByInterruptException) {
      return new LatheException(
          ExitCode.FAILURE, "interrupted", "writing " + file + " was interrupted", "", problem);
    }
    if (reason.contains("No space left") || reason.contains("quota exceeded")) {
      return new LatheException(
          ExitCode.FAILURE,
          "disk-full",
          "the disk is full: " + file + " was not written",
          "Free some space, or choose another output directory.",
          problem);
    }
    return new LatheException(
        ExitCode.FAILURE,
        "write-failed",
        "cannot write " + file + ": " + problem.getClass().getSimpleName() + ": " + reason,
        "See that the directory exists and can be written to.",
        problem);
  }
}
