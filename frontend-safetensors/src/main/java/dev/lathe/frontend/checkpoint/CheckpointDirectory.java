package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.StrictReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The files of a checkpoint's directory. Nothing outside of it is opened: names are plain, and
/// links are refused unless they are allowed.
///
/// @param path the directory, links in it resolved
record CheckpointDirectory(Path path, boolean allowLinks) {

  static CheckpointDirectory of(Path path, boolean allowLinks) throws IOException {
    return new CheckpointDirectory(path.toRealPath(), allowLinks);
  }

  /// How an error names a file.
  String label(String name) {
    return path.resolve(PlainName.check(path.toString(), name)).toString();
  }

  /// True if there is anything of this name, be it no plain file.
  boolean contains(String name) {
    return Files.exists(
        path.resolve(PlainName.check(path.toString(), name)), LinkOption.NOFOLLOW_LINKS);
  }

  /// The names of all plain files and links, sorted.
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /// Opens a plain file for reading.
  FileChannel open(String name) throws IOException {
    Path file = path.resolve(PlainName.check(path.toString(), name));
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new CheckpointException(
          CheckpointError.FILE_MISSING, file.getParent() + ": there is no file " + name);
    }
    checkKind(file);
    Set<OpenOption> options =
        allowLinks
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, options);
  }

  /// All bytes of a small file.
  byte[] read(String name, long maxBytes) throws IOException {
    try (FileChannel channel = open(name)) {
      long size = channel.size();
      if (size > Math.min(maxBytes, Integer.MAX_VALUE - 8)) {
        throw new CheckpointException(
            CheckpointError.FILE_TOO_LARGE,
            label(name) + ": " + size + " bytes, at most " + maxBytes + " are read");
      }
      var buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new CheckpointException(
              CheckpointError.FILE_CHANGED, label(name) + ": became shorter while it was read");
        }
      }
      return buffer.array();
    }
  }

  private void checkKind(Path file) throws IOException {
    if (!allowLinks) {
      if (Files.isSymbolicLink(file)) {
        throw new CheckpointException(
            CheckpointError.FILE_LINK,
            file + ": a symbolic link, to " + StrictReader.shown(target(file)));
      }
      if (hardLinks(file) > 1) {
        throw new CheckpointException(
            CheckpointError.FILE_LINK, file + ": has " + hardLinks(file) + " hard links");
      }
    }
    if (!Files.exists(file)) {
      throw new CheckpointException(
          CheckpointError.FILE_MISSING, file + ": a link to nothing: " + target(file));
    }
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new CheckpointException(CheckpointError.FILE_KIND, file + ": not a plain file");
    }
  }

  private static String target(Path link) throws IOException {
    return Files.readSymbolicLink(link).toString();
  }

  /// 1 where the file system does not tell.
  private static int hardLinks(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || !file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return 1;
    }
    return (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
  }
}
