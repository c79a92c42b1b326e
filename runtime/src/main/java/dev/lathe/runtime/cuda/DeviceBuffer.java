package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.cuMemAlloc;
import static org.bytedeco.cuda.global.cudart.cuMemFree;

/// Memory of the GPU. Addresses are aligned to 256 bytes.
public final class DeviceBuffer implements Handle {
  private final long address;
  private final long bytes;
  private final String purpose;
  private final Lease lease;

  DeviceBuffer(CudaContext context, long bytes, String purpose) {
    this.bytes = bytes;
    this.purpose = purpose;
    long[] pointer = new long[1];
    // The call refuses 0 bytes; an empty buffer is none of its caller's concern.
    int result = cuMemAlloc(pointer, Math.max(1, bytes));
    if (result != 0) {
      String free = MemoryText.of(context.freeBytes());
      throw CudaException.of(result, "cuMemAlloc", this + ", while " + free + " are free");
    }
    this.address = pointer[0];
    this.lease = context.lease();
  }

  /// Device address of the first byte.
  public long address() {
    return address;
  }

  public long bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return MemoryText.of(bytes) + " on the GPU for " + purpose;
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuMemFree(address), "cuMemFree", this);
    }
  }
}
