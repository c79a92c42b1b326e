package dev.lathe.engine.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.zip.ResourceAlignmentExtraField;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/// Everything of an archive but the payloads: the local headers, the central directory and the end
/// records, as commons-compress writes them. Payloads are passed over, whatever their size: they
/// are written by others, at the places that a first run finds. A run costs microseconds a
/// megabyte.
final class ZipStructure {
  static final int ALIGNMENT = 4096;

  /// The earliest date that an archive can hold: archives of equal content are equal.
  private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final List<Long> offsets = new ArrayList<>();
  private final SkippingChannel channel;

  private ZipStructure(Sink sink) {
    this.channel = new SkippingChannel(sink);
  }

  /// Takes the bytes of the structure, in order, with their place in the file.
  interface Sink {
    void write(long position, ByteBuffer bytes) throws IOException;
  }

  /// An entry of the archive.
  ///
  /// @param crc CRC-32 of the payload
  /// @param content the payload, where it counts as structure
  record Entry(String name, long bytes, long crc, Optional<byte[]> content) {}

  /// Where payloads begin, in the order of the entries, and the size of the file.
  record Layout(List<Long> offsets, long bytes) {}

  /// Where everything will lie. Checksums do not matter for it.
  static Layout layout(List<Entry> entries) throws IOException {
    return run(entries, (_, _) -> {});
  }

  /// Writes the structure of an archive into a file, and the digest of the structure at its end.
  static Layout write(FileChannel channel, List<Entry> entries) throws IOException {
    Layout layout = layout(entries);
    long digestPosition = layout.bytes() - Trailer.DIGEST_CHARACTERS;
    MessageDigest sha256 = Digests.sha256();
    run(
        entries,
        (position, bytes) -> {
          ByteBuffer covered = bytes.duplicate();
          covered.limit(Math.clamp(digestPosition - position, 0, bytes.limit()));
          sha256.update(covered);
          writeFully(channel, position, bytes);
        });
    byte[] digest = Digests.hex(sha256.digest()).getBytes(StandardCharsets.US_ASCII);
    writeFully(channel, digestPosition, ByteBuffer.wrap(digest));
    return layout;
  }

  private static void writeFully(FileChannel channel, long position, ByteBuffer bytes)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /// Runs over an archive of these entries and hands its structure to the sink.
  private static Layout run(List<Entry> entries, Sink sink) throws IOException {
    ZipStructure structure = new ZipStructure(sink);
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(structure.channel)) {
      zip.setUseZip64(Zip64Mode.AlwaysWithCompatibility);
      zip.setComment(Trailer.placeholder());
      for (Entry entry : entries) {
        zip.addRawArchiveEntry(header(entry), structure.payload(entry));
      }
      zip.finish();
    }
    return new Layout(List.copyOf(structure.offsets), structure.channel.position());
  }

  private static ZipArchiveEntry header(Entry entry) {
    ZipArchiveEntry header = new ZipArchiveEntry(entry.name());
    header.setMethod(ZipArchiveEntry.STORED);
    header.setSize(entry.bytes());
    header.setCompressedSize(entry.bytes());
    header.setCrc(entry.crc());
    header.setTimeLocal(NO_DATE);
    header.addExtraField(new ResourceAlignmentExtraField(ALIGNMENT));
    return header;
  }

  /// Claims to hold the payload; the channel knows how much of what it is given is none of it.
  private InputStream payload(Entry entry) {
    Optional<InputStream> content = entry.content().map(ByteArrayInputStream::new);
    return new InputStream() {
      private long left = entry.bytes();
      private boolean begun;

      @Override
      public int read() {
        throw new IllegalStateException("payloads are read in blocks");
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (!begun) {
          offsets.add(channel.position());
          begun = true;
        }
        if (content.isPresent()) {
          return content.get().read(target, offset, length);
        }
        int count = (int) Math.min(left, length);
        left -= count;
        channel.skip(count);
        return count == 0 ? -1 : count;
      }
    };
  }
}
