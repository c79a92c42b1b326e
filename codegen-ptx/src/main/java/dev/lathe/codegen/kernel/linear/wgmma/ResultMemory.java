package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.stream.IntStream;

/// Shared memory that results go through on their way to memory, besides the stages of the ring.
record ResultMemory(WgmmaConfig config) {
  /// Boxes of a warpgroup: one is filled while the other one leaves.
  static final int BOXES = 2;

  /// Tokens that a box may have: the first that divide a tile's, or the first.
  private static final int[] BOX_TOKENS = {64, 48};

  /// Tokens whose sums go to memory at once.
  private static final int CHUNK_TOKENS = 32;

  /// Words between rows of sums, besides the rows: against bank conflicts.
  private static final int PADDING = 4;

  /// What only results take.
  int bytes() {
    return switch (config.output()) {
      case SUMS -> sumsReuseStages() ? 0 : config.warpgroups() * sumBytes();
      case TILES -> 0;
      case BOXES -> config.warpgroups() * BOXES * boxTokens() * MatrixDescriptor.ROW_BYTES;
    };
  }

  /// What they are aligned to: boxes to 8 rows of their swizzle.
  int alignment() {
    return config.output() == Output.BOXES ? 8 * MatrixDescriptor.ROW_BYTES : 16;
  }

  /// True if sums take the place of stages: after the last product there are no more.
  boolean sumsReuseStages() {
    return config.splits() > 1;
  }

  /// Tokens whose sums are there at the same time: all if blocks add theirs up.
  int chunkTokens() {
    if (config.splits() > 1) {
      return config.tokens();
    }
    int chunk = Math.min(config.tokens(), CHUNK_TOKENS);
    while (config.tokens() % chunk != 0) {
      chunk -= 8;
    }
    return chunk;
  }

  /// Words between the sums of neighbouring tokens of a warpgroup.
  int sumPitch() {
    return config.rowBlocks() * WgmmaConfig.WGMMA_ROWS + PADDING;
  }

  /// Bytes of the sums of a warpgroup.
  int sumBytes() {
    return chunkTokens() * sumPitch() * Float.BYTES;
  }

  /// Tokens of a box of [Output#BOXES].
  int boxTokens() {
    return IntStream.of(BOX_TOKENS)
        .filter(tokens -> config.tokens() % tokens == 0)
        .findFirst()
        .orElse(BOX_TOKENS[0]);
  }
}
