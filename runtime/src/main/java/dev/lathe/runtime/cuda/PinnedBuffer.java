package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_MEMHOSTALLOC_PORTABLE;
import static org.bytedeco.cuda.global.cudart.cuMemFreeHost;
import static org.bytedeco.cuda.global.cudart.cuMemHostAlloc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// Host memory that does not move: copies to and from the GPU run at full speed beside other work.
/// Its segment must not be used after [#close()].
public final class PinnedBuffer implements Handle {
  private final MemorySegment segment;
  private final String purpose;
  private final Lease lease;

  PinnedBuffer(CudaContext context, long bytes, String purpose) {
    this.purpose = purpose;
    this.segment = allocate(Math.max(1, bytes), purpose);
    this.lease = context.lease();
  }

  @SuppressWarnings("restricted")
  private static MemorySegment allocate(long bytes, String purpose) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
      PointerPointer<Pointer> out = new PointerPointer<>(new NativeAddress(pointer));
      Driver.check(
          cuMemHostAlloc(out, bytes, CU_MEMHOSTALLOC_PORTABLE),
          "cuMemHostAlloc",
          MemoryText.of(bytes) + " of pinned host memory for " + purpose);
      return pointer.get(ValueLayout.ADDRESS, 0).reinterpret(bytes);
    }
  }

  /// The memory itself.
  public MemorySegment segment() {
    return segment;
  }

  /// Address of the byte at `offset`, of which `bytes` lie in the buffer.
  long addressOf(long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, segment.byteSize());
    return segment.address() + offset;
  }

  @Override
  public String toString() {
    return MemoryText.of(segment.byteSize()) + " of pinned host memory for " + purpose;
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuMemFreeHost(new NativeAddress(segment)), "cuMemFreeHost", this);
    }
  }
}
