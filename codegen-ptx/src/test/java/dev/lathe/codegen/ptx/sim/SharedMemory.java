package dev.lathe.codegen.ptx.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.BitSet;
import java.util.function.LongUnaryOperator;

/// Shared memory of one block: knows which bytes were written.
final class SharedMemory {
  /// Address of the first byte: not 0, so that an offset taken for an address shows.
  static final int BASE = 0x4000;

  private final ByteBuffer buffer;
  private final BitSet written = new BitSet();

  private final RaceDetector races;

  private final AsyncProxy proxy;

  /// @param asyncFences how many each warp of the cluster did so far
  SharedMemory(int bytes, int warps, int[] asyncFences) {
    proxy = new AsyncProxy(bytes, asyncFences);
    races = new RaceDetector(bytes, warps);
    buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A plain read by one lane.
  long read(long address, int bytes, Warp warp, int lane) {
    races.read(check(address, bytes), bytes, warp, lane);
    return value(address, bytes);
  }

  /// A plain write by one lane.
  void write(long address, int bytes, long value, Warp warp, int lane) {
    races.write(check(address, bytes), bytes, warp, lane);
    proxy.write(check(address, bytes), bytes, warp);
    put(address, bytes, value);
  }

  /// Reads and writes in one step; the old value.
  long change(long address, int bytes, LongUnaryOperator operator, Warp warp, int lane) {
    races.atomic(check(address, bytes), bytes, warp, lane);
    long old = value(address, bytes);
    put(address, bytes, operator.applyAsLong(old));
    return old;
  }

  /// A write by an asynchronous copy that one lane began.
  void writeAsync(long address, int bytes, long value, Warp warp, int lane) {
    write(address, bytes, value, warp, lane);
    proxy.forget(check(address, bytes), bytes);
  }

  /// Checks that what threads wrote here is in order before an asynchronous read.
  void checkAsync(long address, int bytes, Warp warp) {
    races.checkRead(check(address, bytes), bytes, warp);
    proxy.checkRead(check(address, bytes), bytes);
  }

  /// What an asynchronous operation that the warp began reads.
  ShortBuffer readAsync(long address, int bytes, Warp warp) {
    int offset = check(address, bytes);
    checkAsync(address, bytes, warp);
    races.read(offset, bytes, warp, 0);
    checkWritten(offset, bytes);
    return buffer.slice(offset, bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }

  private void checkWritten(int offset, int bytes) {
    if (written.nextClearBit(offset) < offset + bytes) {
      throw new IllegalStateException("shared byte " + offset + " is read but was never written");
    }
  }

  private long value(long address, int bytes) {
    int offset = check(address, bytes);
    checkWritten(offset, bytes);
    return switch (bytes) {
      case 1 -> buffer.get(offset) & 0xFFL;
      case 2 -> buffer.getShort(offset) & 0xFFFFL;
      case 4 -> buffer.getInt(offset) & 0xFFFFFFFFL;
      default -> buffer.getLong(offset);
    };
  }

  private void put(long address, int bytes, long value) {
    int offset = check(address, bytes);
    written.set(offset, offset + bytes);
    switch (bytes) {
      case 1 -> buffer.put(offset, (byte) value);
      case 2 -> buffer.putShort(offset, (short) value);
      case 4 -> buffer.putInt(offset, (int) value);
      default -> buffer.putLong(offset, value);
    }
  }

  /// Marks bytes as not written: an asynchronous copy into them has begun.
  void invalidate(long address, int bytes, Warp warp) {
    int offset = check(address, bytes);
    races.checkWrite(offset, bytes, warp);
    written.clear(offset, offset + bytes);
  }

  private int check(long address, int bytes) {
    long offset = address - BASE;
    if (offset < 0 || offset + bytes > buffer.capacity()) {
      throw new IllegalStateException(
          "byte " + offset + " of " + buffer.capacity() + " bytes of shared memory");
    }
    return (int) offset;
  }
}
