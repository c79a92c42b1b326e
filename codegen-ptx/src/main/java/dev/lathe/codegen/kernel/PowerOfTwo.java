package dev.lathe.codegen.kernel;

/// Sizes of profiles, rounded so that those which are near to one another have one problem.
public final class PowerOfTwo {
  private PowerOfTwo() {}

  /// The least power of two that is not less; 1 for 0.
  public static long atLeast(long size) {
    return size <= 1 ? 1 : 2 * Long.highestOneBit(size - 1);
  }
}
