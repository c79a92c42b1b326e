package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.device.EngineImage;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The weights of an engine on the GPU, in one allocation. Several threads read the mapped file,
/// each through pinned buffers of its own.
final class WeightMemory implements Handle {
  private static final long CHUNK_BYTES = 16L << 20;

  private final WeightChunks chunks;
  private final DeviceBuffer device;

  private WeightMemory(WeightChunks chunks, DeviceBuffer device) {
    this.chunks = chunks;
    this.device = device;
  }

  /// Copies all weights of the engine to the GPU; they are there when this returns.
  static WeightMemory upload(CudaContext context, EngineImage image) {
    List<WeightEntry> entries = image.manifest().weights();
    WeightChunks chunks = new WeightChunks(entries, CHUNK_BYTES);
    WeightMemory memory =
        new WeightMemory(chunks, context.allocate(chunks.bytes(), "the engine's weights"));
    AtomicInteger next = new AtomicInteger();
    int threads = Workers.threadsFor(chunks.chunks().size());
    try {
      Workers.runAll(
          context, Collections.nCopies(threads, () -> memory.copyChunks(context, image, next)));
    } catch (RuntimeException exception) {
      memory.close();
      throw exception;
    }
    return memory;
  }

  private void copyChunks(CudaContext context, EngineImage image, AtomicInteger next) {
    long largest = chunks.chunks().stream().mapToLong(WeightChunks.Chunk::bytes).max().orElse(0);
    try (CudaStream stream = context.stream();
        Staging staging = new Staging(context, largest, "loading weights")) {
      for (int i = next.getAndIncrement(); i < chunks.chunks().size(); i = next.getAndIncrement()) {
        WeightChunks.Chunk chunk = chunks.chunks().get(i);
        PinnedBuffer buffer = staging.next();
        for (WeightChunks.Piece piece : chunk.pieces()) {
          MemorySegment bytes = image.weight(piece.entry());
          long at = piece.offset() - chunk.offset();
          MemorySegment.copy(bytes, piece.from(), buffer.segment(), at, piece.bytes());
        }
        stream.copyToDevice(device.address() + chunk.offset(), buffer, 0, chunk.bytes());
        staging.sent(stream);
      }
      stream.synchronize();
    }
  }

  /// Device address of a weight.
  long address(String weight) {
    return device.address() + chunks.offset(weight);
  }

  @Override
  public void close() {
    device.close();
  }
}
