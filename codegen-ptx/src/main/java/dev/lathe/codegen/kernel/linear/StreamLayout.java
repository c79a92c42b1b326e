package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.ptx.isa.Target;
import java.util.Optional;

/// How a block of [StreamLinear] walks k, and what it keeps in shared memory.
///
/// A *slot* is one chunk of 64 elements of k for each warp. A row tile takes [#slots] slots; the
/// ring of loads in flight moves on by [#positions] positions, some of which may stay empty.
///
/// @param tokens greatest number of tokens, at most 16
/// @param residentSlots slots whose part of the tokens is held in shared memory; the others' is
///     read from global memory each time
record StreamLayout(
    LinearProblem linear, int tokens, StreamLinearConfig config, int residentSlots) {
  /// Weight rows of a tile: the rows of the A operand.
  static final int ROWS = 16;

  /// Tokens of a tile: the columns of the B operand.
  static final int TILE_TOKENS = 8;

  /// Elements of k in a chunk: two times 8 for each of the 4 lanes of a row.
  static final int CHUNK = 64;

  /// Bytes of the sums of one warp and one token tile.
  static final int WARP_SUM_BYTES = ROWS * TILE_TOKENS * Float.BYTES;

  /// An mbarrier, and what the alignment of regions costs.
  private static final int SPARE_BYTES = 256;

  /// Shared memory that each block takes besides its own.
  private static final int RESERVED_BYTES = 1024;

  /// Slots that are emitted one behind the other at most.
  private static final int MAX_UNROLLED = 64;

  /// The layout with as many resident slots as there is room for; none if not even one fits.
  static Optional<StreamLayout> of(
      LinearProblem linear, int tokens, StreamLinearConfig config, Target target) {
    int perSm = target.sharedBytesPerBlock() + RESERVED_BYTES;
    int limit = perSm / config.blocksPerSm() - RESERVED_BYTES;
    StreamLayout layout = new StreamLayout(linear, tokens, config, 0);
    for (int resident = layout.slots(); resident > 0; resident--) {
      StreamLayout candidate = new StreamLayout(linear, tokens, config, resident);
      if (candidate.sharedBytes() <= limit) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  int tokenTiles() {
    return Math.ceilDiv(tokens, TILE_TOKENS);
  }

  /// Tiles of 16 weight rows.
  int rowTiles() {
    return Math.ceilDiv(linear.n(), ROWS);
  }

  int slotElements() {
    return config.warps() * CHUNK;
  }

  int slots() {
    return Math.ceilDiv(linear.k(), slotElements());
  }

  /// True if k ends inside of the slot.
  boolean isRagged(int slot) {
    return (slot + 1) * slotElements() > linear.k();
  }

  boolean isResident(int slot) {
    return slot < residentSlots;
  }

  /// Positions of the ring that a row tile takes.
  int positions() {
    int slots = slots();
    return slots * tilesUntilWhole(slots) <= MAX_UNROLLED
        ? slots
        : Math.ceilDiv(slots, config.depth()) * config.depth();
  }

  /// Row tiles after which the ring is where it was.
  int tilesPerRound() {
    return tilesUntilWhole(positions());
  }

  private int tilesUntilWhole(int positions) {
    int tiles = 1;
    while (tiles * positions % config.depth() != 0) {
      tiles++;
    }
    return tiles;
  }

  /// Bytes of a token's elements that are resident.
  int residentBytes() {
    return Math.min(linear.k(), residentSlots * slotElements()) * linear.dtype().bytes();
  }

  /// From one token to the next in shared memory: 64 more than a multiple of 128 bytes, so that the
  /// 16 bytes that 8 lanes read of 2 tokens lie in different banks.
  int tokenPitch() {
    int bytes = residentBytes();
    return bytes + Math.floorMod(64 - bytes, 128);
  }

  /// Bytes of the sums of all warps for one row tile.
  int sumBytes() {
    return config.warps() * tokenTiles() * WARP_SUM_BYTES;
  }

  private int sharedBytes() {
    return tokens * tokenPitch() + 2 * sumBytes() + SPARE_BYTES;
  }
}
