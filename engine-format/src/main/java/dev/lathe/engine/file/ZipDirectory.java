package dev.lathe.engine.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The entries of an engine file, as its central directory has them. Reads no archive but those
/// that the writer writes: entries follow each other without gaps, from the first byte to the
/// directory, and the directory is followed by the end records alone. Source of offsets: PKWARE
/// APPNOTE 6.3.10.
final class ZipDirectory {
  private static final int LOCAL_HEADER = 0x04034B50;
  private static final int DIRECTORY_HEADER = 0x02014B50;
  private static final int END_64 = 0x06064B50;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int DIRECTORY_HEADER_BYTES = 46;
  private static final int ZIP64_FIELD = 1;
  private static final int ZIP64_SIZES_BYTES = 16;
  private static final int END_BYTES = 56 + 20 + 22;
  private static final int MAX_DIRECTORY_BYTES = 64 << 20;
  private static final Pattern TRAILER = Pattern.compile("LATHE([0-9]) [0-9a-f]{64}");

  private final Path file;
  private final FileChannel channel;
  private final long size;

  private ZipDirectory(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /// An entry and where its payload lies.
  record Entry(String name, long offset, long bytes) {
    long end() {
      return offset + bytes;
    }
  }

  /// The entries, in the order of the file, once the digest of the structure has been verified.
  ///
  /// @throws EngineFormatException if this is no such archive
  static List<Entry> read(Path file, FileChannel channel) throws IOException {
    return new ZipDirectory(file, channel).read();
  }

  private List<Entry> read() throws IOException {
    String trailer = trailer();
    ByteBuffer end = bytes(size - Trailer.BYTES - END_BYTES, END_BYTES);
    long endPosition = size - Trailer.BYTES - END_BYTES;
    long directoryBytes = end.getLong(40);
    long directoryPosition = end.getLong(48);
    require(
        end.getInt(0) == END_64
            && directoryBytes >= 0
            && directoryBytes <= MAX_DIRECTORY_BYTES
            && directoryPosition == endPosition - directoryBytes
            && directoryPosition >= 0,
        "the end record has no directory before it");
    List<Entry> entries =
        entries(bytes(directoryPosition, (int) directoryBytes), directoryPosition);
    require(digest(entries).equals(trailer.substring(Trailer.MAGIC.length())), "digests differ");
    return entries;
  }

  /// The comment at the end of the file.
  private String trailer() throws IOException {
    boolean begins =
        size >= LOCAL_HEADER_BYTES + EntryNames.MANIFEST.length()
            && bytes(0, LOCAL_HEADER_BYTES).getInt(0) == LOCAL_HEADER
            && text(bytes(LOCAL_HEADER_BYTES, EntryNames.MANIFEST.length()))
                .equals(EntryNames.MANIFEST);
    String trailer =
        size < Trailer.BYTES + END_BYTES ? "" : text(bytes(size - Trailer.BYTES, Trailer.BYTES));
    var parts = TRAILER.matcher(trailer);
    if (!parts.matches()) {
      throw begins ? new TruncatedEngineException(file) : new NotAnEngineException(file);
    }
    EngineVersions.requireContainer(file, Integer.parseInt(parts.group(1)));
    return trailer;
  }

  private List<Entry> entries(ByteBuffer directory, long directoryPosition) throws IOException {
    List<Entry> entries = new ArrayList<>();
    long headerPosition = 0;
    while (directory.hasRemaining()) {
      require(directory.remaining() >= DIRECTORY_HEADER_BYTES, "the directory ends in an entry");
      int at = directory.position();
      int nameBytes = directory.getShort(at + 28) & 0xFFFF;
      int extraBytes = directory.getShort(at + 30) & 0xFFFF;
      int field = at + DIRECTORY_HEADER_BYTES + nameBytes;
      require(
          directory.getInt(at) == DIRECTORY_HEADER
              && directory.getShort(at + 32) == 0
              && extraBytes >= 4 + ZIP64_SIZES_BYTES
              && directory.remaining() >= DIRECTORY_HEADER_BYTES + nameBytes + extraBytes
              && directory.getShort(field) == ZIP64_FIELD
              && directory.getLong(field + 4) == directory.getLong(field + 12)
              && headerPosition(directory, at, field) == headerPosition,
          "the directory has no entry for byte " + headerPosition);
      String name = text(directory.slice(at + DIRECTORY_HEADER_BYTES, nameBytes));
      Entry entry = entry(name, headerPosition, directory.getLong(field + 4), directoryPosition);
      entries.add(entry);
      headerPosition = entry.end();
      directory.position(field + extraBytes);
    }
    require(headerPosition == directoryPosition, "bytes lie between entries and directory");
    return entries;
  }

  /// Where the directory says that the entry's header is: in 32 bits, or from 4 GiB on in the field
  /// of 64-bit values. -1 if it is in neither.
  private static long headerPosition(ByteBuffer directory, int at, int field) {
    int narrow = directory.getInt(at + 42);
    int fieldBytes = directory.getShort(field + 2);
    if (narrow != -1) {
      return fieldBytes == ZIP64_SIZES_BYTES ? Integer.toUnsignedLong(narrow) : -1;
    }
    boolean wide =
        fieldBytes == ZIP64_SIZES_BYTES + Long.BYTES && directory.limit() >= field + 4 + fieldBytes;
    return wide ? directory.getLong(field + 4 + ZIP64_SIZES_BYTES) : -1;
  }

  private Entry entry(String name, long headerPosition, long bytes, long limit) throws IOException {
    require(limit - headerPosition >= LOCAL_HEADER_BYTES, "an entry has no header");
    ByteBuffer header = bytes(headerPosition, LOCAL_HEADER_BYTES);
    int nameBytes = header.getShort(26) & 0xFFFF;
    int extraBytes = header.getShort(28) & 0xFFFF;
    long offset = headerPosition + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
    require(
        header.getInt(0) == LOCAL_HEADER
            && offset % ZipStructure.ALIGNMENT == 0
            && bytes >= 0
            && offset <= limit
            && bytes <= limit - offset,
        "entry '" + name + "' is not where the directory says");
    return new Entry(name, offset, bytes);
  }

  /// Digest of all bytes but the payloads that the manifest covers and the digest itself.
  private String digest(List<Entry> entries) throws IOException {
    MessageDigest sha256 = Digests.sha256();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long begin = 0;
    for (Entry entry : entries) {
      if (!entry.name().equals(EntryNames.MANIFEST)) {
        Digests.update(sha256, channel, begin, entry.offset(), buffer);
        begin = entry.end();
      }
    }
    Digests.update(sha256, channel, begin, size - Trailer.DIGEST_CHARACTERS, buffer);
    return Digests.hex(sha256.digest());
  }

  private ByteBuffer bytes(long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new TruncatedEngineException(file);
      }
    }
    return buffer.flip();
  }

  /// Any byte is some character: names are compared, not trusted.
  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }

  private void require(boolean holds, String problem) {
    if (!holds) {
      throw new CorruptEngineException(file, "structure", problem);
    }
  }
}
