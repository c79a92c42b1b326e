package dev.lathe.frontend.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;

/// One safetensors file, mapped. Valid as long as the arena that it was mapped in.
///
/// @param file name for errors
/// @param tensors what the header declares
/// @param data the bytes after the header, read-only
record Shard(String file, List<TensorEntry> tensors, MemorySegment data) {
  static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Maps a file and checks all of its header. The channel may be closed afterwards.
  static Shard map(String file, FileChannel channel, Arena arena) throws IOException {
    return of(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
  }

  /// @param content the whole file
  static Shard of(String file, MemorySegment content) {
    long headerBytes = headerBytes(file, content);
    MemorySegment header = content.asSlice(LENGTH_BYTES, headerBytes);
    if (header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
      throw new CheckpointException(
          CheckpointError.HEADER_START, file + ": the header does not begin with '{'");
    }
    List<TensorEntry> tensors = HeaderParser.parse(file, header);
    MemorySegment data = content.asSlice(LENGTH_BYTES + headerBytes);
    TensorLayout.check(file, tensors, data.byteSize());
    return new Shard(file, tensors, data);
  }

  private static long headerBytes(String file, MemorySegment content) {
    long fileBytes = content.byteSize();
    if (fileBytes < LENGTH_BYTES) {
      throw new CheckpointException(
          CheckpointError.FILE_TOO_SHORT,
          file + ": a safetensors file has at least 8 bytes, this one has " + fileBytes);
    }
    long headerBytes = content.get(LENGTH, 0);
    if (Long.compareUnsigned(headerBytes, MAX_HEADER_BYTES) > 0) {
      throw new CheckpointException(
          CheckpointError.HEADER_TOO_LARGE,
          file
              + ": the header may have "
              + MAX_HEADER_BYTES
              + " bytes, this one claims "
              + Long.toUnsignedString(headerBytes));
    }
    if (headerBytes < 2) {
      throw new CheckpointException(
          CheckpointError.HEADER_TOO_SMALL,
          file + ": a header has at least 2 bytes, this one claims " + headerBytes);
    }
    if (headerBytes > fileBytes - LENGTH_BYTES) {
      throw new CheckpointException(
          CheckpointError.HEADER_PAST_END,
          file
              + ": the header claims "
              + headerBytes
              + " bytes, the file has "
              + (fileBytes - LENGTH_BYTES)
              + " after its length");
    }
    return headerBytes;
  }

  /// The bytes of a tensor of this shard.
  MemorySegment bytes(TensorEntry tensor) {
    return data.asSlice(tensor.begin(), tensor.bytes());
  }
}
