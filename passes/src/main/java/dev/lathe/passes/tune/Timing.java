package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice;

/// What measuring a candidate came to.
public sealed interface Timing {

  /// It runs, and takes so long.
  record Measured(KernelChoice.Nanos nanos) implements Timing {}

  /// It cannot be assembled or launched.
  ///
  /// @param reason one line
  record Failed(String reason) implements Timing {}
}
