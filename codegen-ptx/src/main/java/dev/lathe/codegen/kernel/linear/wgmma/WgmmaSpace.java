package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Schedule;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Sharing;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The configurations of the Hopper linear kernel that make sense for a problem: those that are
/// listed here, and that [WgmmaObstacles] has nothing against.
final class WgmmaSpace {
  /// Blocks of k in all stages of 64 rows and more.
  private static final int MAX_BLOCKS_OF_K = 16;

  /// Tokens up to which bytes of weights decide.
  static final int EVEN_TOKENS = 128;

  /// Tiles of a multiprocessor; with more, the last ones matter little.
  private static final int MAX_WAVES = 4;

  /// Part of the multiprocessors that have a tile in the last wave, at least.
  private static final double EVEN = 0.93;

  /// With fewer rows, tokens are more bytes than weights.
  private static final int LEAST_ROWS = 24;

  /// Tokens times blocks of k in a stage, beyond which deeper stages bring nothing.
  private static final int DEEP_TOKENS = 64;

  static final int MIN_STAGES = 3;

  /// Shared memory of a multiprocessor, and what each block takes besides its own.
  static final int SHARED_BYTES = 228 * 1024;

  static final int RESERVED_BYTES = 1024;

  /// Tokens of a tile from which one block of deep stages is faster than two of shallow ones.
  static final int LARGE_TOKENS = 64;

  private static final int MANY_TOKENS = 512;

  static final int FEW_TOKENS = 256;

  /// A tile for each warpgroup alone: fewer rows or tokens bring too many bytes for their products.
  private static final int TURN_ROWS = 128;

  private static final int TURN_TOKENS = 128;

  private static final int[] TOKENS = {8, 16, 24, 32, 48, 64, 96, 128, 192, 256};

  /// Rows, warpgroups; among equals the first is preferred.
  private static final int[][] SHAPES = {{64, 1}, {128, 2}, {128, 1}, {256, 2}};

  private final WgmmaProblem problem;
  private final Target target;
  private final WgmmaObstacles obstacles;

  WgmmaSpace(WgmmaProblem problem, Target target) {
    this.problem = problem;
    this.target = target;
    this.obstacles = new WgmmaObstacles(problem, target);
  }

  Stream<WgmmaConfig> configs() {
    return IntStream.of(TOKENS)
        .filter(this::suits)
        .boxed()
        .flatMap(
            tokens -> Stream.of(ofShapes(tokens), evenly(tokens), inTurns(tokens)).flatMap(s -> s))
        .filter(config -> obstacles.of(config).isEmpty());
  }

  /// Those with tiles of so many tokens and of whole `wgmma` rows.
  Stream<WgmmaConfig> ofTokens(int tokens) {
    return ofShapes(tokens).filter(config -> obstacles.of(config).isEmpty());
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
}
