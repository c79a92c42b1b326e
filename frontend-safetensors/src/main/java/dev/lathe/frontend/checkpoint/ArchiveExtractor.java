package dev.lathe.frontend.checkpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// Unpacks an archive that is not trusted. Only plain files and directories with harmless names are
/// written, each once; the bytes are bounded by the archive's own size.
final class ArchiveExtractor {
  /// Bytes that may come out for each byte of the archive. Random weights do not shrink at all.
  static final int MAX_RATIO = 200;

  /// Small archives of small files may shrink more.
  private static final long FREE_BYTES = 1L << 20;

  private static final int BUFFER_BYTES = 1 << 20;

  /// Names, attributes and padding between two files of a tar archive.
  private static final long MAX_HEADER_BYTES = 1L << 20;

  private final Path archive;
  private final Path target;
  private final long maxBytes;
  private final ArchiveNames names;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long written;

  ArchiveExtractor(Path archive, Path target, long maxBytes) throws IOException {
    this.archive = archive;
    this.target = target;
    this.names = new ArchiveNames(archive);
    long byRatio = Math.multiplyExact(Files.size(archive), (long) MAX_RATIO) + FREE_BYTES;
    this.maxBytes = Math.min(maxBytes, byRatio);
  }

  void extract(ArchiveKind kind) throws IOException {
    try {
      switch (kind) {
        case TAR -> tar(open());
        case TAR_GZIP ->
            tar(
                GzipCompressorInputStream.builder()
                    .setInputStream(open())
                    .setDecompressConcatenated(true)
                    .get());
        case ZIP -> zip();
      }
    } catch (WriteFailure e) {
      throw e.cause();
    } catch (IOException e) {
      // Whatever a decoder complains about is in the archive: commons-compress has no one type.
      throw new CheckpointException(
          CheckpointError.ARCHIVE_SYNTAX, archive + ": damaged archive: " + e.getMessage(), e);
    }
  }

  private InputStream open() throws IOException {
    return new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
  }

  private void tar(InputStream stream) throws IOException {
    var rationed = new RationedInputStream(stream);
    try (var tar = new TarArchiveInputStream(rationed)) {
      while (true) {
        rationed.allow(MAX_HEADER_BYTES);
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
          return;
        }
        rationed.allow(Long.MAX_VALUE);
        checkKind(entry);
        write(entry, tar);
      }
    }
  }

  private void checkKind(TarArchiveEntry entry) {
    byte flag = entry.getLinkFlag();
    boolean plain =
        flag == TarConstants.LF_NORMAL
            || flag == TarConstants.LF_OLDNORM
            || flag == TarConstants.LF_DIR;
    if (!plain || entry.isSparse()) {
      throw names.refuse(
          CheckpointError.ARCHIVE_ENTRY_KIND,
          entry.getName(),
          "is no plain file (type '" + (char) flag + "')");
    }
  }

  private void zip() throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        checkKind(entry);
        try (InputStream content = zip.getInputStream(entry)) {
          write(entry, content);
        }
      }
    }
  }

  private void checkKind(ZipArchiveEntry entry) throws ZipException {
    int type = entry.getUnixMode() & 0170000;
    boolean plain = type == 0 || type == 0100000 || type == 0040000;
    if (!plain || entry.isUnixSymlink()) {
      throw names.refuse(
          CheckpointError.ARCHIVE_ENTRY_KIND,
          entry.getName(),
          "is no plain file (mode " + Integer.toOctalString(entry.getUnixMode()) + ")");
    }
    int method = entry.getMethod();
    boolean known = method == ZipMethod.STORED.getCode() || method == ZipMethod.DEFLATED.getCode();
    if (!known || entry.getGeneralPurposeBit().usesEncryption()) {
      throw names.refuse(
          CheckpointError.ARCHIVE_ENTRY_KIND,
          entry.getName(),
          "is neither stored nor deflated, or encrypted");
    }
  }

  private void write(ArchiveEntry entry, InputStream content) throws IOException {
    Path path = target;
    for (String part : names.admit(entry.getName(), entry.isDirectory())) {
      path = path.resolve(part);
    }
    if (entry.isDirectory()) {
      createDirectories(path);
      return;
    }
    createDirectories(path.resolveSibling(""));
    try (OutputStream out = create(path)) {
      int count = content.read(buffer);
      while (count >= 0) {
        account(entry, count);
        write(out, count);
        count = content.read(buffer);
      }
    }
  }

  private void account(ArchiveEntry entry, int count) {
    written += count;
    if (written > maxBytes) {
      throw names.refuse(
          CheckpointError.ARCHIVE_TOO_LARGE,
          entry.getName(),
          "brings the unpacked files beyond "
              + maxBytes
              + " bytes ("
              + MAX_RATIO
              + " times the archive's size at most)");
    }
  }

  private static OutputStream create(Path file) throws WriteFailure {
    try {
      return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new WriteFailure(e);
    }
  }

  private static void createDirectories(Path directory) throws WriteFailure {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new WriteFailure(e);
    }
  }

  private void write(OutputStream out, int count) throws WriteFailure {
    try {
      out.write(buffer, 0, count);
    } catch (IOException e) {
      throw new WriteFailure(e);
    }
  }

  /// An error of our own disk, which is not the archive's fault.
  private static final class WriteFailure extends IOException {
    private static final long serialVersionUID = 1;
    private final IOException failure;

    WriteFailure(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException cause() {
      return failure;
    }
  }
}
