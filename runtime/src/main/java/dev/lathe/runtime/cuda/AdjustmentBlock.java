package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import java.util.List;

/// The adjustments of a batch on the GPU: three arrays of equal capacity, which grows as batches
/// need it. When it grows, the addresses change.
final class AdjustmentBlock implements Handle {
  private static final List<BatchInput> ARRAYS =
      List.of(
          BatchInput.ADJUSTMENT_TOKENS, BatchInput.ADJUSTMENT_COUNTS, BatchInput.ADJUSTMENT_BIASES);
  private static final int FIRST_CAPACITY = 4096;

  private final CudaContext context;
  private long capacity;
  private DeviceBuffer device;
  private Staging staging;

  AdjustmentBlock(CudaContext context) {
    this.context = context;
    this.capacity = FIRST_CAPACITY;
    this.device = context.allocate(bytes(), "adjustments");
    this.staging = new Staging(context, bytes(), "adjustments");
  }

  private long bytes() {
    return ARRAYS.size() * capacity * Integer.BYTES;
  }

  /// Makes room for the batch; true if the addresses have changed.
  boolean reserve(int count, CudaStream stream) {
    if (count <= capacity) {
      return false;
    }
    stream.synchronize();
    close();
    capacity = Math.max(count, 2 * capacity);
    device = context.allocate(bytes(), "adjustments");
    staging = new Staging(context, bytes(), "adjustments");
    return true;
  }

  /// Copies the adjustments of the batch to the GPU.
  void send(Batch batch, CudaStream stream) {
    int count = batch.adjustments();
    if (count == 0) {
      return;
    }
    PinnedBuffer buffer = staging.next();
    for (int i = 0; i < ARRAYS.size(); i++) {
      long offset = offset(i);
      InputWriter.copy(batch, ARRAYS.get(i), count, buffer.segment(), offset);
      stream.copyToDevice(device.address() + offset, buffer, offset, (long) count * Integer.BYTES);
    }
    staging.sent(stream);
  }

  /// Device address of one of the arrays.
  long address(BatchInput input) {
    return device.address() + offset(ARRAYS.indexOf(input));
  }

  private long offset(int array) {
    return array * capacity * Integer.BYTES;
  }

  @Override
  public void close() {
    staging.close();
    device.close();
  }
}
