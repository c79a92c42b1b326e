package dev.lathe.frontend.checkpoint;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Passes on as many bytes as were allowed, then fails. It keeps a decoder from collecting an
/// endless header in memory.
final class RationedInputStream extends FilterInputStream {
  private long remaining;

  RationedInputStream(InputStream source) {
    super(source);
  }

  /// Allows this many bytes from now on.
  void allow(long bytes) {
    remaining = bytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value >= 0) {
      take(1);
    }
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = super.read(target, offset, length);
    take(Math.max(count, 0));
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    take(skipped);
    return skipped;
  }

  private void take(long bytes) throws IOException {
    remaining -= bytes;
    if (remaining < 0) {
      throw new IOException("a header is too long");
    }
  }
}
