package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.MatrixDescriptor;

/// Tuning parameters of the Hopper linear kernel.
///
/// @param rows of the weight in a tile: a multiple of 8 for each warpgroup, up to 256. A `wgmma`
///     has 64; what it computes of others is dropped
/// @param tokens of a tile: a multiple of 8 up to 256
/// @param warpgroups that multiply: 1 or 2
/// @param depth blocks of 64 elements of k in a stage
/// @param stages of the ring
/// @param splits of k: blocks of a cluster that share a tile
/// @param blocksPerSm blocks that run on a multiprocessor at the same time
/// @param output how sums come to memory
/// @param sharing what two blocks of a cluster bring for one another
/// @param schedule how warpgroups divide the work
public record WgmmaConfig(
    int rows,
    int tokens,
    int warpgroups,
    int depth,
    int stages,
    int splits,
    int blocksPerSm,
    Output output,
    Sharing sharing,
    Schedule schedule) {

  /// Ways of sums to memory.
  public enum Output {
    /// As float32 through shared memory of their own: [StagedSums]. For every result.
    SUMS,
    /// Rounded, as tiles in stages of the ring: [SlotTiles]. For results of 16-bit elements, rows a
    /// multiple of 16 bytes.
    TILES,
    /// Rounded, as boxes in shared memory of their own, so that the next tile's factors find the
    /// whole ring: [OwnBoxes]. As TILES, without a residual.
    BOXES
  }

  /// What two neighbouring tiles have in common, and two blocks of a cluster bring to both, each a
  /// half.
  public enum Sharing {
    NONE,
    /// The tiles have different rows.
    TOKENS,
    /// The tiles have different tokens.
    WEIGHTS
  }

  /// How the warpgroups of a block divide the work.
  public enum Schedule {
    /// Each has its own rows of every tile.
    COOPERATIVE,
    /// Each has every other tile: one multiplies while the other one stores. See [Turns].
    PING_PONG
  }

  /// Weight rows of one `wgmma`.
  static final int WGMMA_ROWS = 64;

  static final int WARPGROUP = 128;

  /// Multiprocessors for which grids are made.
  static final int MULTIPROCESSORS = Target.SM_90A.multiprocessors();

  /// Tokens that are computed before the next rows of the weight.
  private static final int GROUP_TOKENS = 2048;

  public WgmmaConfig {
    if (rows % (8 * (schedule == Schedule.COOPERATIVE ? warpgroups : 1)) != 0
        || rows > 256
        || tokens % 8 != 0
        || tokens < 8
        || tokens > 256) {
      throw new IllegalArgumentException(rows + " rows x " + tokens + " tokens");
    }
    if (depth < 1 || stages < 1 || splits < 1 || splits > 8 || blocksPerSm < 1) {
      throw new IllegalArgumentException(stages + " stages, " + splits + " splits");
    }
    if (splits > 1 && (output != Output.SUMS || sharing != Sharing.NONE)) {
      throw new IllegalArgumentException("blocks of a cluster add up sums, and nothing else");
    }
    boolean pingPong = schedule == Schedule.PING_PONG;
    if (pingPong && (warpgroups != 2 || splits > 1 || output == Output.TILES)) {
      throw new IllegalArgumentException(
          warpgroups + " warpgroups, " + splits + " splits, " + output + " in turns");
    }
    int shared = sharing == Sharing.WEIGHTS ? rows : tokens;
    if (sharing != Sharing.NONE && shared % 16 != 0) {
      throw new IllegalArgumentException("a half of " + shared + " is no multiple of 8");
    }
  }

  /// Blocks that share nothing, of warpgroups that cooperate.
  public WgmmaConfig(
      int rows,
      int tokens,
      int warpgroups,
      int depth,
      int stages,
      int splits,
      int blocksPerSm,
      Output output) {
    this(
        rows,
        tokens,
        warpgroups,
        depth,
        stages,
        splits,
        blocksPerSm,
        output,
        Sharing.NONE,
        Schedule.COOPERATIVE);
  }

  WgmmaConfig withStages(int stages) {
    return new WgmmaConfig(
        rows, tokens, warpgroups, depth, stages, splits, blocksPerSm, output, sharing, schedule);
  }

  WgmmaConfig withOutput(Output way) {
    return new WgmmaConfig(
        rows, tokens, warpgroups, depth, stages, splits, blocksPerSm, way, sharing, schedule);
  }

  WgmmaConfig withSharing(Sharing shared) {
    return new WgmmaConfig(
        rows, tokens, warpgroups, depth, stages, splits, blocksPerSm, output, shared, schedule);
  }

  WgmmaConfig withSchedule(Schedule way) {
    return new WgmmaConfig(
        rows, tokens, warpgroups, depth, stages, splits, blocksPerSm, output, sharing, way);
  }

  /// Warpgroups that share a tile.
  int rowParts() {
    return schedule == Schedule.COOPERATIVE ? warpgroups : 1;
  }

  /// Rows of a tile that a warpgroup multiplies.
  int partRows() {
    return rows / rowParts();
  }

  /// Tiles that a block computes at the same time.
  int tilesAtOnce() {
    return warpgroups / rowParts();
  }

  /// Blocks that bring the same bytes once.
  int sharers() {
    return sharing == Sharing.NONE ? 1 : 2;
  }

  /// Blocks of a cluster.
  int clusterBlocks() {
    return splits * sharers();
  }

  /// Neighbouring tiles along the rows that a cluster computes at the same time.
  int rowTilesAtOnce() {
    return sharing == Sharing.TOKENS ? 2 : 1;
  }

  /// Neighbouring tiles along the tokens that a cluster computes at the same time.
  int tokenTilesAtOnce() {
    return sharing == Sharing.WEIGHTS ? 2 : 1;
  }

  /// Rows that a block brings: a box of the weights.
  int rowsBrought() {
    return rows / tokenTilesAtOnce();
  }

  /// Tokens that a block brings: a box of the input.
  int tokensBrought() {
    return tokens / rowTilesAtOnce();
  }

  /// Bytes of a stage that a block brings.
  int stageBytesBrought() {
    return depth * (rowsBrought() + tokensBrought()) * MatrixDescriptor.ROW_BYTES;
  }

  /// `wgmma` side by side along the rows in a warpgroup.
  int rowBlocks() {
    return Math.ceilDiv(partRows(), WGMMA_ROWS);
  }

  /// Rows that a warpgroup computes and drops.
  int droppedRows() {
    return rowBlocks() * WGMMA_ROWS - partRows();
  }

  /// Accumulator registers of a thread.
  int accumulators() {
    return rowBlocks() * tokens / 2;
  }

  /// True if registers move from the producer to the consumers: with two large consumers, the even
  /// share is not enough.
  boolean movesRegisters() {
    return warpgroups == 2 && blocksPerSm == 1;
  }

  /// Threads of a block: the consumers, and the producer's warp. Where registers move, the producer
  /// is a warpgroup.
  int threads() {
    return warpgroups * WARPGROUP + (movesRegisters() ? WARPGROUP : 32);
  }

  /// Bytes of the weight rows of a block of k.
  int weightBytes() {
    return rows * MatrixDescriptor.ROW_BYTES;
  }

  /// Bytes of the tokens of a block of k.
  int tokenBytes() {
    return tokens * MatrixDescriptor.ROW_BYTES;
  }

  int stageBytes() {
    return depth * (weightBytes() + tokenBytes());
  }

  /// Elements of k in a stage.
  int stageElements() {
    return depth * MatrixDescriptor.ROW_ELEMENTS;
  }

  /// Shared memory of results.
  ResultMemory results() {
    return new ResultMemory(this);
  }

  /// Bytes of shared memory besides the ring.
  int besideRingBytes() {
    return results().bytes() + (schedule == Schedule.PING_PONG ? Turns.BYTES : 0);
  }

  /// Shared memory of a block.
  int sharedBytes() {
    return stages * (stageBytes() + StageRing.BARRIER_BYTES) + besideRingBytes();
  }

  /// Tiles of tokens, of all blocks of a cluster, that are neighbours in the order of tiles.
  int groupTiles() {
    return Math.max(1, GROUP_TOKENS / (tokens * tokenTilesAtOnce()));
  }
}
