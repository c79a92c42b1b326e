package dev.lathe.engine.file;

import static dev.lathe.engine.file.ManifestCheck.require;

import dev.lathe.engine.v1.Launch.TensorMap;

/// What the driver demands of a tensor map, so that a launch cannot fail for it.
final class TensorMapCheck {
  private static final int MAX_RANK = 5;
  private static final long MAX_DIM = 1L << 32;
  private static final long MAX_STRIDE = 1L << 40;
  private static final int MAX_BOX = 256;
  private static final int UNIT = 16;

  private TensorMapCheck() {}

  /// @param about begins the message
  /// @throws IllegalArgumentException for the first thing that does not hold
  static void check(TensorMap map, String about) {
    int bits = map.dtype().bits();
    require(bits == 8 || bits == 16 || bits == 32, about + " has elements of " + bits + " bits");
    int rank = map.dims().size();
    require(rank >= 1 && rank <= MAX_RANK, about + " has " + rank + " dimensions");
    require(
        map.strideBytes().size() == rank - 1 && map.box().size() == rank,
        about + " has lists of different lengths");
    require(
        map.dims().stream().allMatch(dim -> dim >= 1 && dim <= MAX_DIM),
        about + " has dimensions " + map.dims());
    require(
        map.strideBytes().stream()
            .allMatch(stride -> stride > 0 && stride < MAX_STRIDE && stride % UNIT == 0),
        about + " has strides " + map.strideBytes());
    require(
        map.box().stream().allMatch(side -> side >= 1 && side <= MAX_BOX),
        about + " has a box " + map.box());
    int inner = map.box().getFirst() * map.dtype().bytes();
    require(inner % UNIT == 0, about + " has rows of " + inner + " bytes");
    boolean swizzled = map.swizzleBytes() != 0;
    require(
        !swizzled
            || map.swizzleBytes() == 32
            || map.swizzleBytes() == 64
            || map.swizzleBytes() == 128,
        about + " has a swizzle of " + map.swizzleBytes() + " bytes");
    require(
        !swizzled || inner <= map.swizzleBytes(),
        about + " has rows of " + inner + " bytes, swizzled over " + map.swizzleBytes());
  }
}
