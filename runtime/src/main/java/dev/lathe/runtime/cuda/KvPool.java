package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Buffer.KvPart;
import dev.lathe.engine.v1.Manifest.KvCache;
import dev.lathe.runtime.device.DeviceLimits;

/// Keys and values of all layers in one allocation: for each layer the keys of all blocks, then the
/// values. Zeroed, so that what a kernel reads past a context is a number.
final class KvPool implements Handle {
  private static final long ALIGNMENT = 256;
  private static final long PARTS = 2;

  private final int blocks;
  private final long partBytes;
  private final DeviceBuffer device;

  private KvPool(int blocks, long partBytes, DeviceBuffer device) {
    this.blocks = blocks;
    this.partBytes = partBytes;
    this.device = device;
  }

  static KvPool allocate(
      CudaContext context, CudaStream stream, KvCache cache, DeviceLimits limits) {
    int blocks = blocks(cache, limits, context.freeBytes());
    long partBytes = partBytes(cache, blocks);
    DeviceBuffer device =
        context.allocate(cache.layers() * PARTS * partBytes, "a KV cache of " + blocks + " blocks");
    stream.clear(device);
    return new KvPool(blocks, partBytes, device);
  }

  /// Blocks that the limits allow.
  ///
  /// @throws LatheException `no-kv-memory`, exit code 6, where not even one fits
  static int blocks(KvCache cache, DeviceLimits limits, long freeBytes) {
    if (limits.kvBlocks().isPresent()) {
      return limits.kvBlocks().getAsInt();
    }
    // Slots are 32-bit numbers.
    long most = Integer.MAX_VALUE / cache.tokensPerBlock();
    long budget = (long) (freeBytes * limits.kvMemoryFraction());
    long blocks = Math.min(most, budget / Math.max(1, cache.blockBytes()));
    while (blocks > 0 && cache.layers() * PARTS * partBytes(cache, blocks) > budget) {
      blocks--;
    }
    if (blocks == 0) {
      throw new LatheException(
          ExitCode.OUT_OF_MEMORY,
          "no-kv-memory",
          "one block of the KV cache takes %s, but the GPU has %s for it (%s free)"
              .formatted(
                  MemoryText.of(cache.blockBytes()),
                  MemoryText.of(budget),
                  MemoryText.of(freeBytes)),
          "Free memory on the GPU, or take a smaller engine.");
    }
    return Math.toIntExact(blocks);
  }

  private static long partBytes(KvCache cache, long blocks) {
    long bytes = blocks * cache.blockBytes() / PARTS / Math.max(1, cache.layers());
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  int blocks() {
    return blocks;
  }

  /// Device address of the keys or values of one layer.
  long address(int layer, KvPart part) {
    return device.address() + (PARTS * layer + part.ordinal()) * partBytes;
  }

  @Override
  public void close() {
    device.close();
  }
}
