package dev.lathe.engine.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A file that appears under its name complete or not at all.
///
/// It is written as `NAME.<16 hex digits>.partial` beside its target, under a file lock, and
/// renamed by [#commit()]. Closing it without that, or the end of the process by a signal, deletes
/// it. What a killed process leaves behind is a partial file without a lock: the next one to write
/// into the directory removes it.
///
/// The first 8 digits are the same for all files of a process. It never opens such a file again: on
/// POSIX systems that would end the lock, which belongs to the process and not to the channel.
final class TemporaryFile implements AutoCloseable {
  private static final Pattern PARTIAL = Pattern.compile(".+\\.([0-9a-f]{8})[0-9a-f]{8}\\.partial");
  private static final int ATTEMPTS = 10;
  private static final String PROCESS = randomDigits();

  private final Path target;
  private final Path path;
  private final FileChannel channel;
  private final Thread removal;

  private TemporaryFile(Path target, Path path, FileChannel channel) {
    this.target = target;
    this.path = path;
    this.channel = channel;
    this.removal = new Thread(this::deleteAtExit, "remove " + path.getFileName());
    Runtime.getRuntime().addShutdownHook(removal);
  }

  /// A new, empty file, to become `target`. Removes what killed writers left in the directory.
  static TemporaryFile create(Path target) throws IOException {
    Path directory = directory(target);
    Files.createDirectories(directory);
    removeLeftovers(directory);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String suffix = "." + PROCESS + randomDigits() + ".partial";
      Path path = directory.resolve(target.getFileName() + suffix);
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // Between creation and lock, another process may take the file for a leftover.
      if (lock(channel) != null && Files.exists(path)) {
        return new TemporaryFile(target, path, channel);
      }
      channel.close();
    }
    throw new IOException("cannot keep a temporary file in " + directory);
  }

  FileChannel channel() {
    return channel;
  }

  /// Makes the content durable, and then the name.
  void commit() throws IOException {
    channel.force(true);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(directory(target), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(path);
    } finally {
      forgetRemoval();
    }
  }

  private void forgetRemoval() {
    try {
      Runtime.getRuntime().removeShutdownHook(removal);
    } catch (IllegalStateException _) {
      // The process is ending: the hook runs, and finds nothing to delete.
    }
  }

  private void deleteAtExit() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // Nobody is left to be told; the next writer removes the file.
    }
  }

  private static void removeLeftovers(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.partial")) {
      for (Path file : files) {
        Matcher name = PARTIAL.matcher(file.getFileName().toString());
        if (name.matches() && !name.group(1).equals(PROCESS)) {
          removeUnlocked(file);
        }
      }
    }
  }

  private static void removeUnlocked(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (lock(channel) != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException _) {
      // Another writer's, or gone meanwhile: not ours to remove.
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private static String randomDigits() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private static Path directory(Path target) {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalStateException(target + " is no file name");
    }
    return parent;
  }
}
