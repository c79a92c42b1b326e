package dev.lathe.runtime.device;

/// A processor that runs engines: the CPU, or one GPU.
public interface Device extends AutoCloseable {

  /// One line for people: `NVIDIA H100 80GB HBM3, 79 GB free` or `CPU, 2 threads`.
  String description();

  /// Uploads the engine's weights, loads its kernels, reserves the arena and the KV pool.
  ///
  /// @throws dev.lathe.engine.error.LatheException if the engine is for another target, or does not
  ///     fit into the memory
  StepExecutor open(EngineImage image, DeviceLimits limits);

  @Override
  void close();
}
