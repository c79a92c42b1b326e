package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Schedule;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Sharing;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The configurations of the Hopper linear kernel that make sense for a problem.
final class WgmmaSpace {
  /// Blocks of k in all stages of 64 rows and more.
  private static final int MAX_BLOCKS_OF_K = 16;

  /// Tokens up to which bytes of weights decide.
  private static final int EVEN_TOKENS = 128;

  /// Tiles of a multiprocessor; with more, the last ones matter little.
  private static final int MAX_WAVES = 4;

  /// Part of the multiprocessors that have a tile in the last wave, at least.
  private static final double EVEN = 0.93;

  /// With fewer rows, tokens are more bytes than weights.
  private static final int LEAST_ROWS = 24;

  /// Tokens times blocks of k in a stage, beyond which deeper stages bring nothing.
  private static final int DEEP_TOKENS = 64;

  static final int MIN_STAGES = 3;

  /// Accumulators of a thread that leave room for the rest.
  private static final int MAX_ACCUMULATORS = 144;

  /// The same where a warpgroup has a tile for itself.
  private static final int MAX_ACCUMULATORS_IN_TURNS = 192;

  /// Shared memory of a multiprocessor, and what each block takes besides its own.
  static final int SHARED_BYTES = 228 * 1024;

  static final int RESERVED_BYTES = 1024;

  /// Blocks that are enough to keep multiprocessors and memory busy.
  private static final int BUSY_BLOCKS = 100;

  /// Tokens of a tile from which one block of deep stages is faster than two of shallow ones.
  private static final int LARGE_TOKENS = 64;

  private static final int MANY_TOKENS = 512;

  private static final int FEW_TOKENS = 256;

  /// A tile for each warpgroup alone: fewer rows or tokens bring too many bytes for their products.
  private static final int TURN_ROWS = 128;

  private static final int TURN_TOKENS = 128;

  /// Sums of tiles that fill a multiprocessor's registers.
  private static final int LARGE_TILES = 128 * 256;

  private static final int[] TOKENS = {8, 16, 24, 32, 48, 64, 96, 128, 192, 256};

  /// Rows, warpgroups; among equals the first is preferred.
  private static final int[][] SHAPES = {{64, 1}, {128, 2}, {128, 1}, {256, 2}};

  private final WgmmaProblem problem;
  private final Target target;

  WgmmaSpace(WgmmaProblem problem, Target target) {
    this.problem = problem;
    this.target = target;
  }

  Stream<WgmmaConfig> configs() {
    return IntStream.of(TOKENS)
        .filter(this::suits)
        .boxed()
        .flatMap(
            tokens -> Stream.of(ofShapes(tokens), evenly(tokens), inTurns(tokens)).flatMap(s -> s))
        .filter(config -> obstacle(config).isEmpty());
  }

  /// Those with tiles of so many tokens and of whole `wgmma` rows.
  Stream<WgmmaConfig> ofTokens(int tokens) {
    return ofShapes(tokens).filter(config -> obstacle(config).isEmpty());
  }

  private Stream<WgmmaConfig> ofShapes(int tokens) {
    return Stream.of(SHAPES).flatMap(shape -> ofTile(shape, tokens, WgmmaSpace::outputs));
  }

  /// Where bytes of weights decide, tiles that give each multiprocessor as many rows as the others.
  private Stream<WgmmaConfig> evenly(int tokens) {
    if (problem.maxTokens() > EVEN_TOKENS) {
      return Stream.empty();
    }
    long tokenTiles = Math.ceilDiv(problem.maxTokens(), tokens);
    return IntStream.rangeClosed(1, MAX_WAVES)
        .boxed()
        .flatMap(waves ->
            IntStream.of(1, 2)
                .mapToObj(warpgroups -> evenShape((double) waves / tokenTiles, warpgroups)))
        .flatMap(Optional::stream)
        .flatMap(shape -> ofTile(shape, tokens, WgmmaSpace::evenOutputs));
  }

  /// @param waves tiles of each multiprocessor, of the same tokens
  private Optional<int[]> evenShape(double waves, int warpgroups) {
    int grain = (problem.linear().epilogue().gated() ? 16 : 8) * warpgroups;
    double blocks = WgmmaConfig.MULTIPROCESSORS * waves;
    int rows = (int) Math.ceil(problem.linear().n() / blocks / grain) * grain;
    boolean fits = rows > 128 * (warpgroups - 1) && rows <= 128 * warpgroups && rows >= LEAST_ROWS;
    boolean even = Math.ceilDiv(problem.linear().n(), rows) >= EVEN * blocks;
    return fits && even && rows % WgmmaConfig.WGMMA_ROWS != 0
        ? Optional.of(new int[] {rows, warpgroups})
        : Optional.empty();
  }

  /// For many tokens, tiles of which each warpgroup has every other one.
  private Stream<WgmmaConfig> inTurns(int tokens) {
    boolean suits = tokens >= TURN_TOKENS && problem.maxTokens() > FEW_TOKENS;
    return suits
        ? ofTile(new int[] {TURN_ROWS, 2}, tokens, WgmmaSpace::turnOutputs)
        : Stream.empty();
  }

  private static Stream<WgmmaConfig> turnOutputs(int[] shape, int tokens, int depth, int blocks) {
    return evenOutputs(shape, tokens, depth, blocks)
        .map(config -> config.withSchedule(Schedule.PING_PONG))
        .flatMap(config -> Stream.of(config, config.withOutput(Output.BOXES)));
  }

  /// The ways of sums to memory of a shape, with the splits that go with them.
  private interface Outputs {
    Stream<WgmmaConfig> of(int[] shape, int tokens, int depth, int blocks);
  }

  /// A tile of tokens holds all tokens; or a part of them with nothing to spare; or is large.
  private boolean suits(int tokens) {
    long max = problem.maxTokens();
    int enough = IntStream.of(TOKENS).filter(t -> t >= max).findFirst().orElse(256);
    long padded = Math.ceilDiv(max, tokens) * tokens;
    boolean part = max > MANY_TOKENS ? tokens >= 128 : tokens >= 64 && padded == max;
    return tokens == enough || (tokens < enough && part);
  }

  private Stream<WgmmaConfig> ofTile(int[] shape, int tokens, Outputs outputs) {
    return IntStream.of(1, 2, 4)
        .filter(depth -> depth * tokens <= DEEP_TOKENS || depth == 1)
        .boxed()
        .flatMap(depth ->
            IntStream.of(1, 2).boxed().flatMap(blocks -> outputs.of(shape, tokens, depth, blocks)))
        .map(this::withStages)
        .flatMap(Optional::stream)
        .flatMap(this::sharing);
  }

  /// Blocks that bring everything for themselves; and, for large tiles, pairs of them that share
  /// the larger factor.
  private Stream<WgmmaConfig> sharing(WgmmaConfig config) {
    if (config.splits() > 1 || config.tokens() < LARGE_TOKENS) {
      return Stream.of(config);
    }
    if (config.rows() >= config.tokens() && problem.maxTokens() > config.tokens()) {
      return config.rows() % 16 == 0
          ? Stream.of(config, config.withSharing(Sharing.WEIGHTS))
          : Stream.of(config);
    }
    return config.tokens() >= config.rows() && problem.rowTiles(config) > 1
        ? Stream.of(config, config.withSharing(Sharing.TOKENS))
        : Stream.of(config);
  }

  private static Stream<WgmmaConfig> evenOutputs(int[] shape, int tokens, int depth, int blocks) {
    return blocks > 1
        ? Stream.empty()
        : Stream.of(new WgmmaConfig(shape[0], tokens, shape[1], depth, 1, 1, blocks, Output.SUMS));
  }

  private static Stream<WgmmaConfig> outputs(int[] shape, int tokens, int depth, int blocks) {
    return Stream.concat(
        IntStream.of(1, 2, 4, 8)
            .mapToObj(splits ->
                new WgmmaConfig(shape[0], tokens, shape[1], depth, 1, splits, blocks, Output.SUMS)),
        Stream.of(Output.TILES, Output.BOXES)
            .map(output ->
                new WgmmaConfig(shape[0], tokens, shape[1], depth, 1, 1, blocks, output)));
  }

  /// As many stages as fit.
  Optional<WgmmaConfig> withStages(WgmmaConfig one) {
    int room =
        Math.min(target.sharedBytesPerBlock(), SHARED_BYTES / one.blocksPerSm() - RESERVED_BYTES)
            - one.besideRingBytes();
    int stages =
        Math.min(blocksOfK(one) / one.depth(), room / (one.stageBytes() + StageRing.BARRIER_BYTES));
    return stages < MIN_STAGES ? Optional.empty() : Optional.of(one.withStages(stages));
  }

  /// Blocks of k in all stages: more of narrow tiles.
  private static int blocksOfK(WgmmaConfig config) {
    int narrow = Math.min(config.rows(), WgmmaConfig.WGMMA_ROWS);
    return MAX_BLOCKS_OF_K * WgmmaConfig.WGMMA_ROWS / narrow;
  }

  /// With two blocks of two warpgroups, a thread has 96 registers.
  private static int mostAccumulators(WgmmaConfig config) {
    if (config.blocksPerSm() * config.warpgroups() > 2) {
      return 48;
    }
    return config.schedule() == Schedule.PING_PONG ? MAX_ACCUMULATORS_IN_TURNS : MAX_ACCUMULATORS;
  }

  /// Why a configuration is not for this problem, if it is not.
  Optional<String> obstacle(WgmmaConfig config) {
    int stages = KRange.stages(problem.linear().k(), config);
    long blocks = problem.tiles(config) * config.splits();
    if (config.sharedBytes() > target.sharedBytesPerBlock()) {
      return Optional.of("a block has no " + config.sharedBytes() + " bytes of shared memory");
    }
    if (config.accumulators() > mostAccumulators(config)) {
      return Optional.of(config.accumulators() + " accumulators leave no registers");
    }
    if (config.tokens() > (problem.maxTokens() <= EVEN_TOKENS ? 3 : 2) * config.rows()) {
      return Optional.of("so many tokens for few rows bring more bytes than they save");
    }
    if (config.droppedRows() > config.depth() * config.tokens()) {
      return Optional.of("rows that are dropped lie behind the stage");
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
    if (config.output() != Output.SUMS && tilesObstacle(config).isPresent()) {
      return tilesObstacle(config);
    }
    if (config.output() == Output.BOXES && boxesObstacle(config).isPresent()) {
      return boxesObstacle(config);
    }
    if (config.sumsReuseStages()
        && config.warpgroups() * config.sumBytes() > config.stages() * config.stageBytes()) {
      return Optional.of("the sums do not fit into the stages");
    }
    if (config.splits() > 1 && stages * config.depth() < 4 * config.splits()) {
      return Optional.of(stages + " stages of k for " + config.splits() + " splits");
    }
    if (config.splits() > stages) {
      return Optional.of("fewer than one stage of k for each split");
    }
    if (config.depth() > 1 && stages == 1) {
      return Optional.of("one stage of k is not filled");
    }
    if (config.splits() > 1 && blocks / 2 >= (long) BUSY_BLOCKS * config.blocksPerSm()) {
      return Optional.of("half as many splits make enough blocks");
    }
    int atOnce = config.tilesAtOnce();
    if (atOnce > 1 && problem.tiles(config) < (long) atOnce * WgmmaConfig.MULTIPROCESSORS) {
      return Optional.of("blocks of one tile have nothing to do while it is stored");
    }
    boolean few = problem.maxTokens() <= EVEN_TOKENS && config.rows() == WgmmaConfig.WGMMA_ROWS;
    if (config.blocksPerSm() > 1 && config.tokens() > (few ? LARGE_TOKENS : LARGE_TOKENS - 8)) {
      return Optional.of("one block a multiprocessor is enough for large tiles");
    }
    return Optional.empty();
  }

  /// Why results have nothing from boxes of their own.
  private Optional<String> boxesObstacle(WgmmaConfig config) {
    if (problem.linear().residual()) {
      return Optional.of("a residual comes through the ring");
    }
    if (problem.maxTokens() <= FEW_TOKENS) {
      return Optional.of("blocks have few tiles of few tokens");
    }
    return config.tilesAtOnce() * config.rows() * config.tokens() < LARGE_TILES
        ? Optional.of("stages of small tiles are many")
        : Optional.empty();
  }

  /// Why results cannot leave as tiles.
  private Optional<String> tilesObstacle(WgmmaConfig config) {
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
