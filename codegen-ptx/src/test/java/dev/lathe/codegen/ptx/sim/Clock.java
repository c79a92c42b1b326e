package dev.lathe.codegen.ptx.sim;

import java.util.Arrays;

/// A vector clock over the warps of a block (Lamport 1978; Fidge, Mattern 1988): entry w tells up
/// to which of warp w's epochs everything is known to have happened.
final class Clock {
  private final int[] epochs;

  Clock(int warps) {
    epochs = new int[warps];
  }

  int epoch(int warp) {
    return epochs[warp];
  }

  /// Ends an epoch of the warp whose clock this is.
  void tick(int warp) {
    epochs[warp]++;
  }

  /// From now on, what the other knows is known here as well.
  void join(Clock other) {
    Arrays.setAll(epochs, w -> Math.max(epochs[w], other.epochs[w]));
  }
}
