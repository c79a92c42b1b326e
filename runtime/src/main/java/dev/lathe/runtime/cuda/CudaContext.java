package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.cuCtxSetCurrent;
import static org.bytedeco.cuda.global.cudart.cuDeviceGet;
import static org.bytedeco.cuda.global.cudart.cuDevicePrimaryCtxRelease;
import static org.bytedeco.cuda.global.cudart.cuDevicePrimaryCtxRetain;
import static org.bytedeco.cuda.global.cudart.cuMemGetInfo;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.javacpp.SizeTPointer;

/// The primary context of one GPU: makes and counts every other handle. A thread calls
/// [#makeCurrent()] before it uses any of them.
public final class CudaContext implements Handle {
  private final int device;
  private final CUctx_st handle = new CUctx_st();
  private final AtomicInteger openHandles = new AtomicInteger();
  private boolean closed;

  private CudaContext(int device) {
    this.device = device;
  }

  /// Retains the context of the GPU with the given number and makes it current.
  /// [CudaDevice#open(CudaOptions)] has found the driver before.
  static CudaContext retain(int ordinal) {
    int[] device = new int[1];
    Driver.check(cuDeviceGet(device, ordinal), "cuDeviceGet", "GPU " + ordinal);
    CudaContext context = new CudaContext(device[0]);
    Driver.check(
        cuDevicePrimaryCtxRetain(context.handle, device[0]),
        "cuDevicePrimaryCtxRetain",
        "GPU " + ordinal);
    context.makeCurrent();
    return context;
  }

  /// Makes this the context of the calling thread.
  public void makeCurrent() {
    Driver.check(cuCtxSetCurrent(handle), "cuCtxSetCurrent", this);
  }

  /// Free bytes of the GPU's memory.
  public long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int result =
          cuMemGetInfo(
              new SizeTPointer(new NativeAddress(bytes)),
              new SizeTPointer(new NativeAddress(bytes.address() + Long.BYTES)));
      Driver.check(result, "cuMemGetInfo", this);
      return bytes.getAtIndex(ValueLayout.JAVA_LONG, 0);
    }
  }

  /// A stream that runs beside others.
  public CudaStream stream() {
    return new CudaStream(this);
  }

  /// An event; with `timing` it can be compared with another.
  public CudaEvent event(boolean timing) {
    return new CudaEvent(timing, this);
  }

  /// Memory of the GPU, not initialised.
  ///
  /// @param purpose for the message if there is not enough: `weights`
  public DeviceBuffer allocate(long bytes, String purpose) {
    return new DeviceBuffer(this, bytes, purpose);
  }

  /// Host memory that the GPU reads and writes at full speed.
  public PinnedBuffer allocatePinned(long bytes, String purpose) {
    return new PinnedBuffer(this, bytes, purpose);
  }

  /// Loads machine code, or assembles PTX text.
  ///
  /// @param name for messages
  /// @throws CudaException with the assembler's log if it fails
  public CudaModule load(String name, MemorySegment image) {
    return CudaModule.load(name, image, this);
  }

  /// Handles that are not closed yet.
  public int openHandles() {
    return openHandles.get();
  }

  Lease lease() {
    return new Lease(openHandles);
  }

  @Override
  public String toString() {
    return "GPU " + device;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Driver.check(cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease", this);
    }
  }
}
