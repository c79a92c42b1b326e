package dev.lathe.runtime;

/// Where an engine is to run.
public enum DeviceChoice {
  /// A GPU, if there is one and the engine has kernels; else the CPU.
  AUTO,
  CUDA,
  CPU
}
