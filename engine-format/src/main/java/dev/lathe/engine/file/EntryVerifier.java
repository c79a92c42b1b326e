package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/// Verifies that the entries of a file are those of its manifest, byte for byte. Entries are read
/// rather than mapped: a file that shrinks meanwhile is then an error and not a fault.
final class EntryVerifier {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final EngineReader.Options options;

  EntryVerifier(Path path, FileChannel channel, EngineReader.Options options) {
    this.path = path;
    this.channel = channel;
    this.options = options;
  }

  void verify(List<ZipDirectory.Entry> entries, Manifest manifest) throws IOException {
    List<Manifest.EntryDigest> digests = manifest.entries();
    if (digests.size() != entries.size() - 1) {
      throw problem(EntryNames.MANIFEST, "it does not list the entries of the file");
    }
    List<Work> work = new ArrayList<>();
    for (int i = 0; i < digests.size(); i++) {
      ZipDirectory.Entry entry = entries.get(i + 1);
      Manifest.EntryDigest digest = digests.get(i);
      if (!entry.name().equals(digest.name()) || entry.bytes() != digest.bytes()) {
        throw problem(EntryNames.MANIFEST, "it does not list " + entry.name());
      }
      if (options.verify() || isAlwaysVerified(entry.name())) {
        work.add(new Work(entry, digest.sha256()));
      }
    }
    verify(work);
  }

  private record Work(ZipDirectory.Entry entry, String sha256) {}

  private void verify(List<Work> work) throws IOException {
    long totalBytes = work.stream().mapToLong(item -> item.entry().bytes()).sum();
    ProgressCount progress = new ProgressCount(options.progress(), totalBytes);
    List<Callable<Void>> tasks =
        work.stream()
            .sorted(Comparator.comparing(item -> -item.entry().bytes()))
            .<Callable<Void>>map(item ->
                () -> {
                  verify(item, progress);
                  return null;
                })
            .toList();
    Workers.run(options.threads(), tasks);
  }

  private void verify(Work work, ProgressCount progress) throws IOException {
    ZipDirectory.Entry entry = work.entry();
    MessageDigest sha256 = Digests.sha256();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(entry.bytes(), BUFFER_BYTES));
    for (long at = entry.offset(); at < entry.end(); at += BUFFER_BYTES) {
      long end = Math.min(entry.end(), at + BUFFER_BYTES);
      Digests.update(sha256, channel, at, end, buffer);
      progress.add(end - at);
    }
    if (!Digests.hex(sha256.digest()).equals(work.sha256())) {
      throw problem(entry.name(), "its digest is not that of the manifest");
    }
  }

  private static boolean isAlwaysVerified(String name) {
    return !name.startsWith("weights/") && !name.startsWith(EntryNames.TOKENIZER);
  }

  private CorruptEngineException problem(String entry, String problem) {
    return new CorruptEngineException(path, entry, problem);
  }
}
