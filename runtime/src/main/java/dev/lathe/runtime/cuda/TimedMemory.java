package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Ref;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/// The operands of a step that is timed. What a forward pass finds in memory rather than in the
/// GPU's cache, weights and keys and values, is there so many times that the copies, taken in
/// turn, exceed the cache twice.
final class TimedMemory implements Handle {
  private static final long ALIGNMENT = 256;

  /// Bytes for the keys, and for the values, of one copy; beyond, sequences share blocks.
  private static final long MOST_POOL_BYTES = 1L << 30;

  private final HandleStack handles = new HandleStack();
  private final Map<Ref, DeviceBuffer> buffers = new HashMap<>();

  /// From one copy of an operand to the next; 0 where there is one.
  private final Map<Ref, Long> strides = new HashMap<>();

  private final Map<Ref, BatchInput> inputs = new HashMap<>();
  private final InputBlock block;
  private final Sizes sizes;
  private final int copies;

  /// @param cacheBytes of the GPU's second-level cache
  /// @param mostCopies that are of use
  /// @throws CudaException if memory does not suffice
  TimedMemory(
      CudaContext context,
      CudaStream stream,
      RandomFill random,
      TimedStep step,
      long cacheBytes,
      int mostCopies) {
    int poolBlocks = poolBlocks(step);
    TypicalBatch batch = new TypicalBatch(step, poolBlocks);
    this.sizes = batch.sizes();
    this.copies = copies(step, poolBlocks, cacheBytes, mostCopies);
    try {
      step.operands()
          .forEach((ref, operand) -> {
            switch (operand) {
              case StepOperand.Weight weight ->
                  add(ref, bytes(weight, poolBlocks), copies, context);
              case StepOperand.Cache cache -> add(ref, bytes(cache, poolBlocks), copies, context);
              case StepOperand.Activation activation ->
                  add(ref, bytes(activation, poolBlocks), 1, context);
              case StepOperand.Routing routing -> add(ref, bytes(routing, poolBlocks), 1, context);
              case StepOperand.Input(BatchInput input) -> inputs.put(ref, input);
            }
          });
      step.operands().forEach((ref, operand) -> fill(ref, operand, random));
      step.operands().forEach((ref, operand) -> fillRouting(ref, operand, context, stream));
      this.block = handles.add(new InputBlock(context, sizes, step.tableWidth()));
      block.reserve(batch.batch(), stream);
      block.send(batch.batch(), sizes, stream);
      stream.synchronize();
    } catch (RuntimeException exception) {
      handles.close();
      throw exception;
    }
  }

  private static int poolBlocks(TimedStep step) {
    long blockBytes =
        step.operands().values().stream()
            .filter(StepOperand.Cache.class::isInstance)
            .mapToLong(operand -> bytes(operand, 1))
            .max()
            .orElse(1);
    long most = Math.max(1, MOST_POOL_BYTES / blockBytes);
    return Math.toIntExact(Math.min(TypicalBatch.blocks(step), most));
  }

  /// How many copies there have to be so that none is found in the cache.
  static int copies(TimedStep step, int poolBlocks, long cacheBytes, int most) {
    long bytes =
        step.operands().values().stream()
            .filter(operand -> isCold(operand))
            .mapToLong(operand -> bytes(operand, poolBlocks))
            .sum();
    return bytes == 0 ? 1 : Math.clamp(2 * cacheBytes / bytes + 1, 1, most);
  }

  private static boolean isCold(StepOperand operand) {
    return operand instanceof StepOperand.Weight || operand instanceof StepOperand.Cache;
  }

  private static long bytes(StepOperand operand, int poolBlocks) {
    return switch (operand) {
      case StepOperand.Weight(var dtype, long elements) -> elements * dtype.bits() / 8;
      case StepOperand.Activation(var dtype, long elements) -> elements * dtype.bits() / 8;
      case StepOperand.Cache cache -> cache.blockBytes() * poolBlocks;
      case StepOperand.Routing routing -> routing.elements() * Integer.BYTES;
      case StepOperand.Input _ -> 0;
    };
  }

  private void add(Ref ref, long bytes, int count, CudaContext context) {
    long stride = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    buffers.put(ref, handles.add(context.allocate(stride * count, "timing " + ref)));
    strides.put(ref, count == 1 ? 0 : stride);
  }

  private void fill(Ref ref, StepOperand operand, RandomFill random) {
    DeviceBuffer buffer = buffers.get(ref);
    if (buffer == null) {
      return;
    }
    switch (operand) {
      case StepOperand.Weight weight -> random.fill(buffer, weight.dtype());
      case StepOperand.Cache cache -> random.fill(buffer, cache.dtype());
      case StepOperand.Activation activation -> random.fill(buffer, activation.dtype());
      case StepOperand.Input _, StepOperand.Routing _ -> {}
    }
  }

  private void fillRouting(Ref ref, StepOperand operand, CudaContext context, CudaStream stream) {
    DeviceBuffer buffer = buffers.get(ref);
    if (buffer == null || !(operand instanceof StepOperand.Routing routing)) {
      return;
    }
    int[] values = routing.routing(sizes).values(routing.part());
    long bytes = (long) values.length * Integer.BYTES;
    try (PinnedBuffer numbers = context.allocatePinned(bytes, "experts of rows")) {
      MemorySegment.copy(values, 0, numbers.segment(), ValueLayout.JAVA_INT, 0, values.length);
      stream.copyToDevice(buffer.address(), numbers, 0, bytes);
      stream.synchronize();
    }
  }

  int copies() {
    return copies;
  }

  /// Sizes of the batch that the inputs hold.
  Sizes sizes() {
    return sizes;
  }

  /// Device address of an operand.
  ///
  /// @param copy of those that have several
  long address(Ref ref, int copy) {
    BatchInput input = inputs.get(ref);
    if (input != null) {
      return block.address(input);
    }
    DeviceBuffer buffer = buffers.get(ref);
    Long stride = strides.get(ref);
    if (buffer == null || stride == null) {
      throw new IllegalStateException("a launch names " + ref + ", which is no operand");
    }
    return buffer.address() + stride * copy;
  }

  @Override
  public void close() {
    handles.close();
  }
}
