package dev.lathe.runtime.cuda;

/// How fast a GPU copies inside of its memory: the practical ceiling of all that reads and writes
/// much and computes little.
public final class CopyBandwidth {
  /// The driver copies more than this at a time in another way, which on an H100 reaches 2.4 to 2.6
  /// TB/s where copies up to here, and copies by kernels of any size, reach 3.0.
  private static final long MOST_BYTES = 256L << 20;

  private static final long LEAST_BYTES = 1L << 24;
  private static final int COPIES = 16;
  private static final int WARM_UPS = 2;

  /// For a third of a second: where much memory was given back just now, the driver clears it
  /// meanwhile, and copies share the bandwidth with that.
  private static final int SAMPLES = 96;

  private CopyBandwidth() {}

  /// Bytes a second, read and written ones together: the best of some samples. Copies 256 MiB, or
  /// a quarter of the free memory where that is less.
  ///
  /// @throws CudaException exit code 6 if there is hardly any free memory
  public static double measure(CudaDevice device) {
    CudaContext context = device.context();
    context.makeCurrent();
    long bytes = Math.clamp(context.freeBytes() / 4, LEAST_BYTES, MOST_BYTES);
    try (DeviceBuffer from = context.allocate(bytes, "measuring copies");
        DeviceBuffer to = context.allocate(bytes, "measuring copies");
        CudaStream stream = context.stream();
        CudaEvent start = context.event(true);
        CudaEvent end = context.event(true)) {
      stream.clear(from);
      long nanos = Long.MAX_VALUE;
      for (int i = -WARM_UPS; i < SAMPLES; i++) {
        start.record(stream);
        for (int copy = 0; copy < COPIES; copy++) {
          stream.copy(to.address(), from.address(), bytes);
        }
        end.record(stream);
        end.await();
        if (i >= 0) {
          nanos = Math.min(nanos, end.nanosSince(start));
        }
      }
      return 2.0 * COPIES * bytes / (nanos / 1e9);
    }
  }
}
