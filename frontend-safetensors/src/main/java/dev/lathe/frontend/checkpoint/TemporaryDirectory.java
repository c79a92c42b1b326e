package dev.lathe.frontend.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A directory that only its owner may enter, and that is deleted with all it holds: when it is
/// closed, or when the virtual machine ends before that.
final class TemporaryDirectory implements AutoCloseable {
  private static final String PREFIX = "lathe-checkpoint-";
  private static final int ATTEMPTS = 20;
  private static final long PAUSE_MILLIS = 50;

  private final Path path;
  private final Thread atExit;

  private TemporaryDirectory(Path path) {
    this.path = path;
    this.atExit = new Thread(() -> deleteWhileWritten(path), "delete-" + path.getFileName());
  }

  static TemporaryDirectory create(Optional<Path> parent) throws IOException {
    var directory =
        new TemporaryDirectory(
            parent.isPresent()
                ? Files.createTempDirectory(parent.get(), PREFIX)
                : Files.createTempDirectory(PREFIX));
    Runtime.getRuntime().addShutdownHook(directory.atExit);
    return directory;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      delete(path);
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The virtual machine is ending, and the hook finds nothing to do.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path, e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(path, new Deletion());
    }
  }

  /// At the end of the virtual machine another thread may still be unpacking: tries again for a
  /// second. There is nobody left to tell of a failure.
  private static void deleteWhileWritten(Path path) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        delete(path);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
      }
    }
  }

  /// Deletes it because of a failure, which stays the error that the user sees.
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  /// Links are deleted, not followed.
  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
