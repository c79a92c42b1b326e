package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;

/// The inputs of a batch on the GPU. Packed for the sizes of each launch, so that one copy of few
/// bytes brings them there; so an input's address depends on the sizes.
///
/// They come over a stream of their own, while the step before still runs: its last kernel and the
/// first one of theirs are then apart by a copy within the GPU, not by one over the bus.
final class InputBlock implements InputPlaces, Handle {
  private final HandleStack handles = new HandleStack();
  private final InputLayout layout;
  private final InputWriter writer;
  private final DeviceBuffer device;
  private final CudaStream arrivals;
  private final DeviceBuffer arriving;
  private final CudaEvent arrived;
  private final CudaEvent taken;
  private final Staging staging;
  private final AdjustmentBlock adjustments;

  /// @param most greatest sizes of a launch
  InputBlock(CudaContext context, Sizes most, int maxBlocksPerSequence) {
    this.layout = new InputLayout(maxBlocksPerSequence);
    this.writer = new InputWriter(maxBlocksPerSequence);
    layout.arrange(most);
    this.device = handles.add(context.allocate(layout.bytes(), "inputs"));
    this.arrivals = handles.add(context.stream());
    this.arriving = handles.add(context.allocate(layout.bytes(), "the next inputs"));
    this.arrived = handles.add(context.event(false));
    this.taken = handles.add(context.event(false));
    this.staging = handles.add(new Staging(context, layout.bytes(), "inputs"));
    this.adjustments = handles.add(new AdjustmentBlock(context));
  }

  /// Makes room for the batch; true if addresses have changed that earlier launches were given.
  boolean reserve(Batch batch, CudaStream stream) {
    return adjustments.reserve(batch.adjustments(), stream);
  }

  /// Copies the batch to the GPU, padded to the given sizes; it is there for what the stream gets
  /// from now on.
  void send(Batch batch, Sizes sizes, CudaStream stream) {
    layout.arrange(sizes);
    PinnedBuffer buffer = staging.next();
    writer.write(batch, sizes, layout, buffer.segment());
    arrivals.waitFor(taken);
    arrivals.copyToDevice(arriving.address(), buffer, 0, layout.bytes());
    staging.sent(arrivals);
    arrived.record(arrivals);
    stream.waitFor(arrived);
    stream.copy(device.address(), arriving.address(), layout.bytes());
    taken.record(stream);
    adjustments.send(batch, stream);
  }

  /// Device address of an input of the batch that was sent last.
  @Override
  public long address(BatchInput input) {
    return input.isAdjustment()
        ? adjustments.address(input)
        : device.address() + layout.offset(input);
  }

  @Override
  public void close() {
    handles.close();
  }
}
