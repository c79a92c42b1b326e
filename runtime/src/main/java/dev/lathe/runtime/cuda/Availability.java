package dev.lathe.runtime.cuda;

import java.util.Locale;

/// Whether there is a GPU that can be used.
public sealed interface Availability {

  /// @param name of the GPU: `NVIDIA H100 80GB HBM3`
  /// @param memoryBytes all of its memory
  /// @param multiprocessors how many it has
  /// @param cacheBytes of its second-level cache
  /// @param driverVersion greatest CUDA version that the driver knows, as CUDA counts: 13000 for
  ///     13.0
  record Available(
      String name,
      ComputeCapability capability,
      long memoryBytes,
      int multiprocessors,
      int cacheBytes,
      int driverVersion)
      implements Availability {

    /// `NVIDIA H100 80GB HBM3, compute capability 9.0, 85.0 GB, CUDA 13.0 driver`.
    public String description() {
      return String.format(
          Locale.ROOT,
          "%s, compute capability %s, %s, CUDA %d.%d driver",
          name,
          capability,
          MemoryText.of(memoryBytes),
          driverVersion / 1000,
          driverVersion % 1000 / 10);
    }
  }

  /// @param sentence what is missing
  record Missing(String sentence) implements Availability {}
}
