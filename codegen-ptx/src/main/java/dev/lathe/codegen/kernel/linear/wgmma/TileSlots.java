package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.tile.Swizzle;
import java.util.List;

/// How the rounded tile of a result lies in stages of the ring. Each warpgroup has a region: boxes
/// of up to 64 columns by the tile's tokens, one behind the other, swizzled. Regions share a stage
/// if they fit.
///
/// @param columns of a warpgroup
/// @param boxColumns columns of a box: 32 or 64
/// @param tokens of a box
/// @param slots stages that the tile takes
record TileSlots(int columns, int boxColumns, int tokens, int warpgroups, int slots) {
  private static final int ELEMENT_BYTES = 2;
  private static final int MOST_COLUMNS = 64;

  static TileSlots of(LinearProblem problem, WgmmaConfig config) {
    return switch (config.output()) {
      case BOXES -> box(problem, config);
      case SUMS, TILES -> tile(problem, config);
    };
  }

  /// One box of each warpgroup, besides the ring.
  private static TileSlots box(LinearProblem problem, WgmmaConfig config) {
    int columns = columns(problem, config);
    return new TileSlots(
        columns,
        Math.min(columns, MOST_COLUMNS),
        config.results().boxTokens(),
        config.warpgroups(),
        config.warpgroups());
  }

  private static int columns(LinearProblem problem, WgmmaConfig config) {
    return config.partRows() / (problem.epilogue().gated() ? 2 : 1);
  }

  private static TileSlots tile(LinearProblem problem, WgmmaConfig config) {
    int columns = columns(problem, config);
    int bytes = columns * config.tokens() * ELEMENT_BYTES * config.warpgroups();
    return new TileSlots(
        columns,
        Math.min(columns, MOST_COLUMNS),
        config.tokens(),
        config.warpgroups(),
        bytes <= config.stageBytes() ? 1 : config.warpgroups());
  }

  /// Regions of warpgroups in a stage.
  int regions() {
    return warpgroups / slots;
  }

  int boxes() {
    return columns / boxColumns;
  }

  /// Bytes of a row of a box, which is the span of its swizzle.
  int rowBytes() {
    return boxColumns * ELEMENT_BYTES;
  }

  Swizzle swizzle() {
    return rowBytes() == 128 ? Swizzle.B128 : Swizzle.B64;
  }

  int boxBytes() {
    return rowBytes() * tokens;
  }

  int regionBytes() {
    return boxes() * boxBytes();
  }

  /// Box of the result's tensor map, the innermost first.
  List<Integer> box() {
    return List.of(boxColumns, tokens);
  }
}
