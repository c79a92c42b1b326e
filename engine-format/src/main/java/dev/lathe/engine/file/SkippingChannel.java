package dev.lathe.engine.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/// A channel that passes on what is not payload. It stands in for the file while the structure of
/// an archive is written.
final class SkippingChannel implements SeekableByteChannel {
  private final ZipStructure.Sink sink;
  private long position;
  private long skipBytes;
  private boolean open = true;

  SkippingChannel(ZipStructure.Sink sink) {
    this.sink = sink;
  }

  /// Says that so many of the next bytes are payload.
  void skip(int bytes) {
    skipBytes += bytes;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    int skipped = (int) Math.min(count, skipBytes);
    skipBytes -= skipped;
    source.position(source.position() + skipped);
    if (source.hasRemaining()) {
      sink.write(position + skipped, source.slice());
    }
    source.position(source.limit());
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    throw new IllegalStateException("entries of known size are written without going back");
  }

  @Override
  public long size() {
    return position;
  }

  @Override
  public int read(ByteBuffer target) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
