package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Sharing;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.List;
import java.util.stream.IntStream;

/// Tuning parameters of the Hopper kernel for products of experts: those of [WgmmaConfig], all of k
/// by one block.
///
/// @param gathering how tokens that are found through an index come together
/// @param underWay stages whose tokens may still be under way when a warp that gathers goes on; 0
///     if none gathers. The consumers give a stage back once they began the next one, so two stages
///     must be free of it
/// @param readsOnce true if weights are the first that L2 gives up, so that it keeps tokens
public record GroupedConfig(
    int rows,
    int tokens,
    int warpgroups,
    int depth,
    int stages,
    int blocksPerSm,
    Output output,
    Sharing sharing,
    Gathering gathering,
    int underWay,
    boolean readsOnce) {

  /// Ways of an expert's tokens to the tiles.
  public enum Gathering {
    /// They lie together: there is no index.
    NONE,
    /// A kernel copies them together first.
    BEFORE,
    /// Warps of the producer copy each tile's tokens to the stages.
    IN_RING
  }

  /// Warps that gather, at most: those of the producer's warpgroup besides the first.
  private static final int MOST_GATHERERS = 3;

  private static final int WARP = 32;

  /// Tokens up to which tiles of fewer take as long.
  private static final int LARGE_TOKENS = 64;

  private static final int MOST_WIDTHS = 5;

  private static final int WIDTH_STEP = 8;

  /// Registers that a thread which gathers has more than one that does not.
  private static final int MORE_REGISTERS = 16;

  public GroupedConfig {
    if (gathering == Gathering.IN_RING && sharing == Sharing.TOKENS) {
      throw new IllegalArgumentException("blocks that gather do so for themselves");
    }
    if ((underWay > 0) != (gathering == Gathering.IN_RING) || underWay > stages - 2) {
      throw new IllegalArgumentException(underWay + " of " + stages + " stages under way");
    }
  }

  static GroupedConfig of(WgmmaConfig tile, Gathering gathering, int underWay) {
    if (tile.splits() > 1) {
      throw new IllegalArgumentException(tile.splits() + " splits");
    }
    return new GroupedConfig(
        tile.rows(),
        tile.tokens(),
        tile.warpgroups(),
        tile.depth(),
        tile.stages(),
        tile.blocksPerSm(),
        tile.output(),
        tile.sharing(),
        gathering,
        underWay,
        false);
  }

  /// The same, but that L2 keeps other data rather than weights.
  GroupedConfig readingOnce() {
    return new GroupedConfig(
        rows,
        tokens,
        warpgroups,
        depth,
        stages,
        blocksPerSm,
        output,
        sharing,
        gathering,
        underWay,
        true);
  }

  /// The tile and its ring.
  WgmmaConfig tile() {
    return new WgmmaConfig(rows, tokens, warpgroups, depth, stages, 1, blocksPerSm, output)
        .withSharing(sharing);
  }

  /// Tokens that are multiplied of a tile which has no more, the greatest first: large tiles may
  /// have fewer tokens.
  List<Integer> widths() {
    int choices = tokens > LARGE_TOKENS ? MOST_WIDTHS : 1;
    return IntStream.range(0, choices).map(i -> tokens - WIDTH_STEP * i).boxed().toList();
  }

  /// Warps that gather: few tokens need one, and two blocks of two warpgroups have registers for
  /// one.
  int gatherers() {
    if (gathering != Gathering.IN_RING) {
      return 0;
    }
    boolean room = tile().movesRegisters() || warpgroups * blocksPerSm <= 2;
    return room ? Math.min(MOST_GATHERERS, tokens / RowGatherer.ATOM_ROWS) : 1;
  }

  /// Registers of a thread of the producer, where they move: addresses of rows take some.
  int producerRegisters() {
    return WgmmaBody.PRODUCER_REGISTERS + (gatherers() > 0 ? MORE_REGISTERS : 0);
  }

  /// Registers of a thread of the two consumers, where they move.
  int consumerRegisters() {
    return WgmmaBody.CONSUMER_REGISTERS - (gatherers() > 0 ? MORE_REGISTERS / 2 : 0);
  }

  /// Threads of a block. A producer of a warpgroup has the warps that gather.
  int threads() {
    int others = tile().movesRegisters() ? 0 : WARP * gatherers();
    return tile().threads() + others;
  }

  /// Bytes of a stage that come as boxes.
  int boxBytes() {
    return gathering == Gathering.IN_RING
        ? depth * rows * MatrixDescriptor.ROW_BYTES
        : tile().stageBytes();
  }
}
