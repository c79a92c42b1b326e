package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Schedule;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import java.util.Optional;
import java.util.stream.Stream;

/// Why configurations of the Hopper linear kernel are not for a problem: they cannot run, or others
/// do the same with less.
record WgmmaObstacles(WgmmaProblem problem, Target target) {
  /// Accumulators of a thread that leave room for the rest.
  private static final int MAX_ACCUMULATORS = 144;

  /// The same where a warpgroup has a tile for itself.
  private static final int MAX_ACCUMULATORS_IN_TURNS = 192;

  /// The same with two blocks of two warpgroups, where a thread has 96 registers.
  private static final int MAX_ACCUMULATORS_OF_FOUR = 48;

  /// Blocks that are enough to keep multiprocessors and memory busy.
  private static final int BUSY_BLOCKS = 100;

  /// Sums of tiles that fill a multiprocessor's registers.
  private static final int LARGE_TILES = 128 * 256;

  /// Why a configuration is not for the problem, if it is not.
  Optional<String> of(WgmmaConfig config) {
    return Stream.of(memory(config), tile(config), output(config), splits(config), blocks(config))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /// Why it does not fit into a multiprocessor.
  private Optional<String> memory(WgmmaConfig config) {
    if (config.sharedBytes() > target.sharedBytesPerBlock()) {
      return Optional.of("a block has no " + config.sharedBytes() + " bytes of shared memory");
    }
    if (config.accumulators() > mostAccumulators(config)) {
      return Optional.of(config.accumulators() + " accumulators leave no registers");
    }
    return config.droppedRows() > config.depth() * config.tokens()
        ? Optional.of("rows that are dropped lie behind the stage")
        : Optional.empty();
  }

  /// Why its tiles are too large, too small or too many for their stages.
  private Optional<String> tile(WgmmaConfig config) {
    if (config.tokens() > (weightsDecide() ? 3 : 2) * config.rows()) {
      return Optional.of("so many tokens for few rows bring more bytes than they save");
    }
    if (config.rows() == 128 && config.warpgroups() * config.blocksPerSm() == 1) {
      return Optional.of("one warpgroup alone for " + config.rows() + " rows");
    }
    if (config.tokens() < 64 && config.warpgroups() * config.rows() > 128) {
      return Optional.of(config.rows() + " rows make too few tiles for few tokens");
    }
    if (config.depth() > 2 && config.rows() > 64) {
      return Optional.of("stages of " + config.stageBytes() + " bytes are too few");
    }
    return config.depth() > 1 && KRange.stages(problem.linear().k(), config) == 1
        ? Optional.of("one stage of k is not filled")
        : Optional.empty();
  }

  /// Why its results cannot leave as they should, or have nothing from it.
  private Optional<String> output(WgmmaConfig config) {
    return switch (config.output()) {
      case SUMS -> Optional.empty();
      case TILES -> tiles(config);
      case BOXES -> tiles(config).or(() -> boxes(config));
    };
  }

  /// Why k is in too many parts.
  private Optional<String> splits(WgmmaConfig config) {
    if (config.splits() == 1) {
      return Optional.empty();
    }
    if (config.warpgroups() * config.results().sumBytes() > config.stages() * config.stageBytes()) {
      return Optional.of("the sums do not fit into the stages");
    }
    int stages = KRange.stages(problem.linear().k(), config);
    if (stages * config.depth() < 4 * config.splits()) {
      return Optional.of(stages + " stages of k for " + config.splits() + " splits");
    }
    if (config.splits() > stages) {
      return Optional.of("fewer than one stage of k for each split");
    }
    long blocks = problem.tiles(config) * config.splits();
    return blocks / 2 >= (long) BUSY_BLOCKS * config.blocksPerSm()
        ? Optional.of("half as many splits make enough blocks")
        : Optional.empty();
  }

  /// Why its blocks, or their warpgroups, are too many.
  private Optional<String> blocks(WgmmaConfig config) {
    int atOnce = config.tilesAtOnce();
    if (atOnce > 1 && problem.tiles(config) < (long) atOnce * WgmmaConfig.MULTIPROCESSORS) {
      return Optional.of("blocks of one tile have nothing to do while it is stored");
    }
    boolean small = weightsDecide() && config.rows() == WgmmaConfig.WGMMA_ROWS;
    int large = small ? WgmmaSpace.LARGE_TOKENS + 1 : WgmmaSpace.LARGE_TOKENS;
    return config.blocksPerSm() > 1 && config.tokens() >= large
        ? Optional.of("one block a multiprocessor is enough for large tiles")
        : Optional.empty();
  }

  /// True if bytes of weights decide.
  private boolean weightsDecide() {
    return problem.maxTokens() <= WgmmaSpace.EVEN_TOKENS;
  }

  private static int mostAccumulators(WgmmaConfig config) {
    if (config.blocksPerSm() * config.warpgroups() > 2) {
      return MAX_ACCUMULATORS_OF_FOUR;
    }
    return config.schedule() == Schedule.PING_PONG ? MAX_ACCUMULATORS_IN_TURNS : MAX_ACCUMULATORS;
  }

  /// Why results have nothing from boxes of their own.
  private Optional<String> boxes(WgmmaConfig config) {
    if (problem.linear().residual()) {
      return Optional.of("a residual comes through the ring");
    }
    if (problem.maxTokens() <= WgmmaSpace.FEW_TOKENS) {
      return Optional.of("blocks have few tiles of few tokens");
    }
    return config.tilesAtOnce() * config.rows() * config.tokens() < LARGE_TILES
        ? Optional.of("stages of small tiles are many")
        : Optional.empty();
  }

  /// Why results cannot leave as tiles.
  private Optional<String> tiles(WgmmaConfig config) {
    if (problem.linear().outType() == FloatFormat.F32) {
      return Optional.of("results of float32 do not fit into the stages");
    }
    if (problem.linear().outColumns() % 8 != 0) {
      return Optional.of(
          "rows of " + problem.linear().outColumns() + " elements are no multiple of 16 bytes");
    }
    if (config.tokens() % 32 != 0 || config.tokens() < 64) {
      return Optional.of("few tokens have more from sums in runs");
    }
    return Optional.empty();
  }
}
