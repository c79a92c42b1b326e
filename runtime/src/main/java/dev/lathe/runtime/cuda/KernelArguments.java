package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.Launch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// The arguments of a kernel in native memory and the array of pointers to them. Setting one
/// allocates nothing, but a tensor map, which takes 128 bytes of the arena. Lives as long as its
/// arena.
public final class KernelArguments {
  private final Arena arena;
  private final MemorySegment values;
  private final MemorySegment addresses;
  private final PointerPointer<Pointer> pointers;

  /// @param count arguments of the kernel
  public KernelArguments(Arena arena, int count) {
    this.arena = arena;
    this.values = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, count));
    this.addresses = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, count));
    for (int i = 0; i < count; i++) {
      addresses.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * Long.BYTES);
    }
    this.pointers = new PointerPointer<>(new NativeAddress(addresses));
  }

  PointerPointer<Pointer> pointers() {
    return pointers;
  }

  /// Sets an 8-byte argument: an address or a 64-bit integer.
  public KernelArguments putLong(int index, long value) {
    values.set(ValueLayout.JAVA_LONG, (long) index * Long.BYTES, value);
    return this;
  }

  /// Sets a 4-byte integer.
  public KernelArguments putInt(int index, int value) {
    values.set(ValueLayout.JAVA_INT, (long) index * Long.BYTES, value);
    return this;
  }

  /// Sets a 4-byte float.
  public KernelArguments putFloat(int index, float value) {
    values.set(ValueLayout.JAVA_FLOAT, (long) index * Long.BYTES, value);
    return this;
  }

  /// Sets a tensor map over memory at a device address.
  public KernelArguments putTensor(int index, Launch.TensorMap map, long address) {
    MemorySegment encoded = TensorMaps.encode(arena, map, address);
    addresses.setAtIndex(ValueLayout.JAVA_LONG, index, encoded.address());
    return this;
  }
}
