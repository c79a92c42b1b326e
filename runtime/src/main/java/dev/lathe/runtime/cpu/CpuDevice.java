package dev.lathe.runtime.cpu;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import dev.lathe.runtime.plugin.CpuOperations;

/// The processors of this machine. Runs every engine, whatever its target.
public final class CpuDevice implements Device {
  private final Workers workers;
  private final CpuOperations operations;

  /// @param workers threads that share the work; closed with the device
  /// @param operations what plugins add
  public CpuDevice(Workers workers, CpuOperations operations) {
    this.workers = workers;
    this.operations = operations;
  }

  /// A device without plugins.
  public CpuDevice(Workers workers) {
    this(workers, CpuOperations.NONE);
  }

  /// A device of all processors.
  public CpuDevice(CpuOperations operations) {
    this(Workers.ofProcessors(), operations);
  }

  @Override
  public String description() {
    return "CPU, " + workers.threads() + (workers.threads() == 1 ? " thread" : " threads");
  }

  @Override
  public StepExecutor open(EngineImage image, DeviceLimits limits) {
    return new CpuStepExecutor(
        image, blocks(image.manifest(), limits), limits.profiling(), workers, operations);
  }

  /// As many blocks as the greatest batch of the longest sequences could use, if the memory
  /// suffices.
  private static int blocks(Manifest manifest, DeviceLimits limits) {
    if (limits.kvBlocks().isPresent()) {
      return limits.kvBlocks().getAsInt();
    }
    Manifest.KvCache cache = manifest.kvCache();
    long blockBytes = cache.blockBytes() / cache.dtype().bytes() * Float.BYTES;
    long perSequence = cache.maxBlocksPerSequence(manifest.limits());
    long wanted = perSequence * manifest.limits().maxBatchSize();
    long affordable = (long) (freeBytes(manifest) * limits.kvMemoryFraction()) / blockBytes;
    long blocks =
        Math.min(wanted, Math.min(affordable, Integer.MAX_VALUE / cache.tokensPerBlock()));
    if (blocks < 1) {
      throw new LatheException(
          ExitCode.OUT_OF_MEMORY,
          "kv-pool",
          "No memory is left for the KV cache: one block takes %d KiB.".formatted(blockBytes >> 10),
          "Give the Java process more memory with -Xmx.");
    }
    return (int) blocks;
  }

  /// Half of what the heap can still grow by after the weights; the rest is for activations.
  private static long freeBytes(Manifest manifest) {
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    return (runtime.maxMemory() - used - Float.BYTES * manifest.model().parameters()) / 2;
  }

  @Override
  public void close() {
    workers.close();
  }
}
