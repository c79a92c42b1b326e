package dev.lathe.cli.build;

import dev.lathe.passes.tune.TimingCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A timing cache on disk, to which lines are added one by one: a build that is interrupted leaves
/// what it had measured.
final class TimingCacheFile {
  private final Path path;
  private final TimingCache known;
  private boolean mended;

  private TimingCacheFile(Path path, TimingCache known) {
    this.path = path;
    this.known = known;
  }

  /// Reads what is there; a file that is not there is empty, and made when a line is added.
  ///
  /// @throws dev.lathe.engine.error.LatheException `bad-timing-cache` for a file of another kind
  static TimingCacheFile open(Path path) throws IOException {
    return new TimingCacheFile(
        path, Files.exists(path) ? read(path) : TimingCache.parse("", path.toString()));
  }

  static TimingCache read(Path path) throws IOException {
    // Not as strict UTF-8: a file of another kind shall get the message for such a file.
    String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    return TimingCache.parse(text, path.toString());
  }

  /// Adds a line, unless the file says so already.
  void add(TimingCache.Entry entry) throws IOException {
    if (known.find(entry.key()).filter(entry::equals).isEmpty()) {
      known.add(entry);
      append(entry.line() + "\n");
    }
  }

  /// Makes an empty file where there is none.
  void touch() throws IOException {
    append("");
  }

  private void append(String text) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (!mended && Files.exists(path)) {
      dropCutLine();
    }
    mended = true;
    Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// What an interrupted build left after the last line feed would spoil the line that comes next.
  private void dropCutLine() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.truncate(end);
    }
  }
}
