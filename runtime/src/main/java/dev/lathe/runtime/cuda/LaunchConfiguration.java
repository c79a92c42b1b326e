package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT;
import static org.bytedeco.cuda.global.cudart.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.cuda.cudart.CUlaunchAttribute;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.javacpp.Loader;

/// What `cuLaunchKernelEx` is told besides the arguments, in native memory that is made once: block
/// size and shared memory of a kernel, and its [LaunchMode].
///
/// The bindings' own objects allocate; only their addresses are used here.
final class LaunchConfiguration {
  /// `struct CUlaunchConfig`: grid (3), block (3), shared bytes, all u32; 4 bytes of padding;
  /// stream, attributes; number of attributes. 64-bit CUDA 13.
  private static final int CONFIG_BYTES = 56;

  private static final int GRID = 0;
  private static final int BLOCK = 12;
  private static final int SHARED = 24;
  private static final int STREAM = 32;
  private static final int ATTRIBUTES = 40;
  private static final int COUNT = 48;

  /// `struct CUlaunchAttribute`: id u32, 4 bytes of padding, a value of 64 bytes.
  private static final int ATTRIBUTE_BYTES = 72;

  private static final int VALUE = 8;

  private final MemorySegment config;
  private final MemorySegment attributes;
  private final CUlaunchConfig pointer;

  /// @param arena owns the memory
  LaunchConfiguration(Arena arena, int threads, int sharedBytes) {
    requireLayout();
    config = arena.allocate(CONFIG_BYTES, Long.BYTES);
    attributes = arena.allocate(2 * ATTRIBUTE_BYTES, Long.BYTES);
    attributes.set(ValueLayout.JAVA_INT, 0, CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT);
    attributes.set(
        ValueLayout.JAVA_INT,
        ATTRIBUTE_BYTES,
        CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
    attributes.set(ValueLayout.JAVA_INT, ATTRIBUTE_BYTES + VALUE, 1);
    setDimensions(BLOCK, threads, 1, 1);
    config.set(ValueLayout.JAVA_INT, SHARED, sharedBytes);
    config.set(ValueLayout.JAVA_LONG, ATTRIBUTES, attributes.address());
    pointer = new CUlaunchConfig(new NativeAddress(config));
  }

  /// Sets the grid, the stream and the mode; allocates nothing.
  CUlaunchConfig with(int gridX, int gridY, int gridZ, long stream, LaunchMode mode) {
    setDimensions(GRID, gridX, gridY, gridZ);
    attributes.set(ValueLayout.JAVA_INT, VALUE, mode.sharedPercent());
    config.set(ValueLayout.JAVA_INT, COUNT, mode.early() ? 2 : 1);
    config.set(ValueLayout.JAVA_LONG, STREAM, stream);
    return pointer;
  }

  private void setDimensions(int offset, int x, int y, int z) {
    config.set(ValueLayout.JAVA_INT, offset, x);
    config.set(ValueLayout.JAVA_INT, offset + 4L, y);
    config.set(ValueLayout.JAVA_INT, offset + 8L, z);
  }

  private static void requireLayout() {
    if (Loader.sizeof(CUlaunchConfig.class) != CONFIG_BYTES
        || Loader.sizeof(CUlaunchAttribute.class) != ATTRIBUTE_BYTES) {
      throw new IllegalStateException("the bindings' launch structures have other sizes");
    }
  }
}
