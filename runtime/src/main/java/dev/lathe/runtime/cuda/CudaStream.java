package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_NON_BLOCKING;
import static org.bytedeco.cuda.global.cudart.cuMemcpyDtoDAsync;
import static org.bytedeco.cuda.global.cudart.cuMemcpyDtoHAsync;
import static org.bytedeco.cuda.global.cudart.cuMemcpyHtoDAsync;
import static org.bytedeco.cuda.global.cudart.cuMemsetD8Async;
import static org.bytedeco.cuda.global.cudart.cuStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cuStreamCreate;
import static org.bytedeco.cuda.global.cudart.cuStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cuStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cuStreamSynchronize;
import static org.bytedeco.cuda.global.cudart.cuStreamWaitEvent;

import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/// A queue of the GPU: what is put in runs in order. Used by one thread at a time.
public final class CudaStream implements Handle {
  private final CUstream_st handle = new CUstream_st();
  private final NativeAddress host = new NativeAddress(0);
  private final CudaContext context;
  private final Lease lease;

  CudaStream(CudaContext context) {
    this.context = context;
    Driver.check(cuStreamCreate(handle, CU_STREAM_NON_BLOCKING), "cuStreamCreate", "a new stream");
    this.lease = context.lease();
  }

  CUstream_st handle() {
    return handle;
  }

  /// Copies `bytes` from a pinned buffer to the device address `to`. The buffer's bytes must stay
  /// until the copy has run.
  public void copyToDevice(long to, PinnedBuffer from, long fromOffset, long bytes) {
    host.move(from.addressOf(fromOffset, bytes));
    Driver.check(cuMemcpyHtoDAsync(to, host, bytes, handle), "cuMemcpyHtoDAsync", from);
  }

  /// Copies `bytes` from the device address `from` into a pinned buffer.
  public void copyToHost(PinnedBuffer to, long toOffset, long from, long bytes) {
    host.move(to.addressOf(toOffset, bytes));
    Driver.check(cuMemcpyDtoHAsync(host, from, bytes, handle), "cuMemcpyDtoHAsync", to);
  }

  /// Copies `bytes` from one device address to another.
  public void copy(long to, long from, long bytes) {
    Driver.check(cuMemcpyDtoDAsync(to, from, bytes, handle), "cuMemcpyDtoDAsync", this);
  }

  /// Sets a whole buffer to zero.
  public void clear(DeviceBuffer buffer) {
    if (buffer.bytes() == 0) {
      return;
    }
    Driver.check(
        cuMemsetD8Async(buffer.address(), (byte) 0, buffer.bytes(), handle),
        "cuMemsetD8Async",
        buffer);
  }

  /// Lets what is put in from now on run after the event's last mark; at once if it has none.
  public void waitFor(CudaEvent event) {
    Driver.check(cuStreamWaitEvent(handle, event.handle(), 0), "cuStreamWaitEvent", this);
  }

  /// Records what `launches` puts into this stream, without running it, as a graph.
  public CudaGraph capture(Runnable launches) {
    Driver.check(
        cuStreamBeginCapture(handle, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture",
        this);
    CUgraph_st graph = new CUgraph_st();
    try {
      launches.run();
    } catch (RuntimeException exception) {
      // The capture must end; the reason why it failed is the exception at hand.
      int result = cuStreamEndCapture(handle, graph);
      exception.addSuppressed(new IllegalStateException("capture abandoned: " + result));
      throw exception;
    }
    Driver.check(cuStreamEndCapture(handle, graph), "cuStreamEndCapture", this);
    return CudaGraph.instantiate(context, graph);
  }

  /// Waits until all that was put in has run.
  public void synchronize() {
    synchronize(this);
  }

  /// As [#synchronize()]; a failure's message names the subject.
  void synchronize(Object subject) {
    Driver.check(cuStreamSynchronize(handle), "cuStreamSynchronize", subject);
  }

  @Override
  public String toString() {
    return "a stream";
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuStreamDestroy(handle), "cuStreamDestroy", this);
    }
  }
}
