package dev.lathe.codegen.ptx.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Global memory: allocations far apart, so that no access past one hits another.
public final class GlobalMemory {
  private static final int SPACING_BITS = 36;

  /// Where the parameters that are tensor maps lie, in the parameters' own space.
  private static final long TENSOR_MAPS = 0x30;

  /// Distance of generic addresses of parameters from those in their own space.
  static final long GENERIC = 1L << 60;

  private final List<TensorMap> tensorMaps = new ArrayList<>();
  private final List<ByteBuffer> allocations = new ArrayList<>();
  private final Map<Integer, BlockAccesses> accesses = new HashMap<>();
  private final Map<Integer, BitSet> ofPredecessors = new HashMap<>();

  /// Address of a new allocation of the given bytes, filled with a pattern that is no sensible
  /// value of any type.
  public long allocate(int bytes) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) 0xFB);
    return allocate(content);
  }

  /// Address of a new allocation that holds a copy of `content`; a multiple of 256.
  public long allocate(byte[] content) {
    allocations.add(ByteBuffer.wrap(content.clone()).order(ByteOrder.LITTLE_ENDIAN));
    return (long) allocations.size() << SPACING_BITS;
  }

  /// The argument that stands for a tensor map.
  public long tensorMap(TensorMap map) {
    tensorMaps.add(map);
    return TENSOR_MAPS + tensorMaps.size() - 1;
  }

  /// The tensor map at a generic address.
  TensorMap tensorMap(long address) {
    long index = address - GENERIC - TENSOR_MAPS;
    if (index < 0 || index >= tensorMaps.size()) {
      throw new IllegalStateException("no tensor map at " + Long.toHexString(address));
    }
    return tensorMaps.get((int) index);
  }

  /// The bytes of the allocation at an address that [#allocate] returned.
  public byte[] content(long address) {
    return allocations.get((int) (address >>> SPACING_BITS) - 1).array();
  }

  /// Says that kernels before the next ones write or read some bytes: a kernel that starts early
  /// has to wait before it touches them.
  public void usedByPredecessors(long address, int bytes) {
    int offset = offset(address);
    ofPredecessors
        .computeIfAbsent((int) (address >>> SPACING_BITS), _ -> new BitSet())
        .set(offset, offset + bytes);
  }

  boolean isOfPredecessors(long address, long bytes) {
    BitSet used = ofPredecessors.get((int) (address >>> SPACING_BITS));
    if (used == null) {
      return false;
    }
    int next = used.nextSetBit(offset(address));
    return next >= 0 && next < offset(address) + bytes;
  }

  /// Forgets who touched what: what a launch did is done when the next one begins.
  void beginLaunch() {
    accesses.clear();
  }

  /// A plain read by a block.
  long read(long address, int bytes, int block) {
    long value = read(address, bytes);
    accesses(address).read(offset(address), bytes, block);
    return value;
  }

  /// A read of what no thread of the launch writes.
  long readConstant(long address, int bytes) {
    accesses(address).readConstant(offset(address), bytes);
    return read(address, bytes);
  }

  /// A plain write by a block.
  void write(long address, int bytes, long value, int block) {
    write(address, bytes, value);
    accesses(address).write(offset(address), bytes, block);
  }

  private BlockAccesses accesses(long address) {
    int number = (int) (address >>> SPACING_BITS) - 1;
    return accesses.computeIfAbsent(
        number, _ -> new BlockAccesses(allocations.get(number).capacity()));
  }

  /// A read that orders itself: atomic, or with a memory order.
  long read(long address, int bytes) {
    ByteBuffer buffer = buffer(address, bytes);
    int offset = offset(address);
    return switch (bytes) {
      case 1 -> buffer.get(offset) & 0xFFL;
      case 2 -> buffer.getShort(offset) & 0xFFFFL;
      case 4 -> buffer.getInt(offset) & 0xFFFFFFFFL;
      default -> buffer.getLong(offset);
    };
  }

  void write(long address, int bytes, long value) {
    ByteBuffer buffer = buffer(address, bytes);
    int offset = offset(address);
    switch (bytes) {
      case 1 -> buffer.put(offset, (byte) value);
      case 2 -> buffer.putShort(offset, (short) value);
      case 4 -> buffer.putInt(offset, (int) value);
      default -> buffer.putLong(offset, value);
    }
  }

  private static int offset(long address) {
    return (int) (address & ((1L << SPACING_BITS) - 1));
  }

  private ByteBuffer buffer(long address, int bytes) {
    long number = (address >>> SPACING_BITS) - 1;
    if (number < 0 || number >= allocations.size()) {
      throw new IllegalStateException("global address " + Long.toHexString(address));
    }
    ByteBuffer buffer = allocations.get((int) number);
    long offset = address & ((1L << SPACING_BITS) - 1);
    if (offset + bytes > buffer.capacity()) {
      throw new IllegalStateException(
          "byte " + offset + " of a global allocation of " + buffer.capacity());
    }
    return buffer;
  }
}
