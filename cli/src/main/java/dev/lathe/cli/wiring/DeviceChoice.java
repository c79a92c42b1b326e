package dev.lathe.cli.wiring;

import java.util.Locale;

/// Where the user wants an engine to run.
public enum DeviceChoice {
  /// The GPU if there is one that the engine is for, else the CPU.
  AUTO,
  CUDA,
  CPU;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
