package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DEFAULT;
import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.CU_EVENT_RECORD_EXTERNAL;
import static org.bytedeco.cuda.global.cudart.cuEventCreate;
import static org.bytedeco.cuda.global.cudart.cuEventDestroy;
import static org.bytedeco.cuda.global.cudart.cuEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cuEventQuery;
import static org.bytedeco.cuda.global.cudart.cuEventRecord;
import static org.bytedeco.cuda.global.cudart.cuEventRecordWithFlags;
import static org.bytedeco.cuda.global.cudart.cuEventSynchronize;

import java.time.Duration;
import org.bytedeco.cuda.cudart.CUevent_st;

/// A mark in a stream: one can wait for it, and measure the time between two.
public final class CudaEvent implements Handle {
  private static final int NOT_READY = 600;
  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final CUevent_st handle = new CUevent_st();
  private final Lease lease;

  CudaEvent(boolean timing, CudaContext context) {
    int flags = timing ? CU_EVENT_DEFAULT : CU_EVENT_DISABLE_TIMING;
    Driver.check(cuEventCreate(handle, flags), "cuEventCreate", "a new event");
    this.lease = context.lease();
  }

  CUevent_st handle() {
    return handle;
  }

  /// Puts the mark behind all that is in the stream.
  public void record(CudaStream stream) {
    Driver.check(cuEventRecord(handle, stream.handle()), "cuEventRecord", this);
  }

  /// While the stream is captured: makes the mark a part of the graph, recorded each time that the
  /// graph runs.
  void recordInGraph(CudaStream stream) {
    Driver.check(
        cuEventRecordWithFlags(handle, stream.handle(), CU_EVENT_RECORD_EXTERNAL),
        "cuEventRecordWithFlags",
        this);
  }

  /// Waits until the stream has reached the last recorded mark; returns at once if there is none.
  public void await() {
    Driver.check(cuEventSynchronize(handle), "cuEventSynchronize", this);
  }

  /// As [#await()], but gives up after a while.
  ///
  /// @return false if the stream has not reached the mark by then
  boolean awaitWithin(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      int result = cuEventQuery(handle);
      if (result != NOT_READY) {
        Driver.check(result, "cuEventQuery", this);
        return true;
      }
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.onSpinWait();
    }
  }

  /// Nanoseconds of the GPU from `start` to this event; both were recorded and have been reached.
  public long nanosSince(CudaEvent start) {
    float[] milliseconds = new float[1];
    Driver.check(
        cuEventElapsedTime(milliseconds, start.handle, handle), "cuEventElapsedTime", this);
    return Math.round(milliseconds[0] * NANOS_PER_MILLISECOND);
  }

  @Override
  public String toString() {
    return "an event";
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuEventDestroy(handle), "cuEventDestroy", this);
    }
  }
}
