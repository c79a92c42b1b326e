package dev.lathe.runtime.cuda;

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

  /// Shared memory of one multiprocessor with compute capability 9.0.
  private static final int MULTIPROCESSOR_BYTES = 228 * 1024;

  public LaunchMode {
    if (sharedPercent < 0 || sharedPercent > 100) {
      throw new IllegalArgumentException(sharedPercent + " % shared memory");
    }
  }

  /// The part that suits all kernels of a plan: half is enough for those that read weights through
  /// L1, and leaves them room for reads under way; kernels with tiles in shared memory need it all.
  ///
  /// @param mostSharedBytes shared memory of the block that has most
  static int sharedPercent(int mostSharedBytes) {
    return 2 * mostSharedBytes <= MULTIPROCESSOR_BYTES ? HALF : ALL;
  }

  /// The same, but after all that is before it has ended.
  LaunchMode alone() {
    return new LaunchMode(false, sharedPercent);
  }
}
