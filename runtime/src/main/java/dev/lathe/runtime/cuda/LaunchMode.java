package dev.lathe.runtime.cuda;

import java.util.stream.IntStream;

/// How a launch meets the kernels before and after it.
///
/// @param early true if it may start while the kernel before it still runs: the kernel waits itself
///     before it touches what others write (`griddepcontrol.wait`), and what is before it in the
///     stream is a kernel too. Compute capability 9.0
/// @param sharedPercent part of a multiprocessor's fast memory that is shared memory; the rest is
///     L1. A kernel with another part than the one before it has to wait until a multiprocessor is
///     idle, so all kernels of a plan ask for the same one
public record LaunchMode(boolean early, int sharedPercent) {
  private static final int HALF = 50;
  private static final int ALL = 100;

  /// One launch in so many is a few.
  private static final int FEW = 4;

  /// Shared memory of one multiprocessor with compute capability 9.0.
  private static final int MULTIPROCESSOR_BYTES = 228 * 1024;

  public LaunchMode {
    if (sharedPercent < 0 || sharedPercent > 100) {
      throw new IllegalArgumentException(sharedPercent + " % shared memory");
    }
  }

  /// The part that suits the kernels of a plan: half is enough for those that read weights through
  /// L1, and leaves them room for reads under way; kernels with tiles in shared memory need it all.
  /// A few of these in a plan of the others get what they need by themselves.
  ///
  /// @param sharedBytes shared memory of a block, for each launch of the plan
  static int sharedPercent(IntStream sharedBytes) {
    int[] counts = new int[2];
    sharedBytes.forEach(bytes -> counts[2 * bytes <= MULTIPROCESSOR_BYTES ? 0 : 1]++);
    return counts[1] * FEW > counts[0] + counts[1] ? ALL : HALF;
  }

  /// The same, but after all that is before it has ended.
  LaunchMode alone() {
    return new LaunchMode(false, sharedPercent);
  }
}
