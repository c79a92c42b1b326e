package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.GroupedConfig.Gathering;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Sharing;
import dev.lathe.codegen.kernel.moe.GroupedProblem;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The configurations of the Hopper kernel for products of experts, and what they are expected to
/// take: those of a product of as many tokens as a tile has, for tiles of about as many tokens as
/// experts have.
record GroupedSpace(GroupedProblem problem, Target target) {
  private static final int[] TOKENS = {8, 16, 24, 32, 48, 64, 128, 192, 256};

  /// Tokens of a tile that leave little waste behind an expert's last token, and reuse weights.
  private static final int GOOD_TOKENS = 64;

  /// How far counts of tokens are from the mean, in standard deviations.
  private static final double[] SPREAD = {-1.5, -0.5, 0.5, 1.5};

  /// Tiles that the tokens of an expert are cut into at most, where the cut is made for them.
  private static final int MAX_PARTS = 8;

  /// Stages of few tokens that a warp which gathers has under way.
  private static final int MOST_UNDER_WAY = 6;

  /// Tokens that move to a box together, at least.
  private static final int BOX_STEP = 16;

  private static final double BYTES_PER_MICRO = 3.0e6;

  /// Bytes from L2 in a microsecond to all multiprocessors.
  private static final double FROM_CACHE = 7.3e6;

  private static final double GATHER_MICROS = 1.5;

  /// What many tokens that come row by row cost, as a part of the products' time.
  private static final double GATHER_IN_RING = 0.02;

  /// Part of the products' time that does not depend on how many tokens they multiply.
  private static final double OF_WEIGHTS = 0.3;

  /// Part of the products' time that remains where memory is the limit.
  private static final double BESIDE_MEMORY = 0.05;

  /// The same of what comes from L2.
  private static final double CACHE_BESIDE_MEMORY = 0.1;

  /// What it takes to learn which tiles there are.
  private static final double TABLE_MICROS = 1.0;

  Stream<GroupedConfig> configs() {
    return IntStream.concat(IntStream.of(TOKENS).filter(this::suits), fitting())
        .distinct()
        .boxed()
        .flatMap(this::ofTokens)
        .flatMap(this::gathering)
        .flatMap(this::keeping);
  }

  /// The ways in which tokens can come to a tile.
  private Stream<GroupedConfig> gathering(WgmmaConfig tile) {
    if (!problem.gathers()) {
      return Stream.of(GroupedConfig.of(tile, Gathering.NONE, 0));
    }
    GroupedConfig before = GroupedConfig.of(tile, Gathering.BEFORE, 0);
    if (tile.sharing() == Sharing.TOKENS) {
      return Stream.of(before);
    }
    int most = tile.tokens() > GOOD_TOKENS ? 1 : MOST_UNDER_WAY;
    int underWay = Math.min(tile.stages() / 2, most);
    return Stream.of(GroupedConfig.of(tile, Gathering.IN_RING, underWay), before);
  }

  /// What L2 keeps, where large tiles read nearly all weights once.
  private Stream<GroupedConfig> keeping(GroupedConfig config) {
    boolean once = mean() <= config.tokens() * config.tile().tokenTilesAtOnce();
    return once && config.tokens() > GOOD_TOKENS
        ? Stream.of(config, config.readingOnce())
        : Stream.of(config);
  }

  private Stream<WgmmaConfig> ofTokens(int tokens) {
    WgmmaSpace space = new WgmmaSpace(new WgmmaProblem(problem.linear(), tokens), target);
    return space
        .ofTokens(tokens)
        .filter(GroupedSpace::isForExperts)
        .flatMap(config -> Stream.concat(Stream.of(config), asBoxes(config, space)))
        .flatMap(config -> besideTables(config).stream())
        .flatMap(this::sharing);
  }

  /// Besides, that two blocks bring weights for one another, where most experts have tokens for
  /// both.
  private Stream<WgmmaConfig> sharing(WgmmaConfig config) {
    boolean can =
        config.sharing() == Sharing.NONE
            && config.rows() >= config.tokens()
            && config.tokens() > GOOD_TOKENS
            && mean() > config.tokens();
    return can ? Stream.of(config, config.withSharing(Sharing.WEIGHTS)) : Stream.of(config);
  }

  /// The same, but that results leave as boxes; none if they cannot.
  private Stream<WgmmaConfig> asBoxes(WgmmaConfig config, WgmmaSpace space) {
    LinearProblem linear = problem.linear();
    boolean fit =
        config.tokens() % BOX_STEP == 0
            && config.tokens() >= GOOD_TOKENS
            && linear.outType() != FloatFormat.F32
            && linear.outColumns() % 8 == 0;
    return fit ? space.withStages(config.withOutput(Output.BOXES)).stream() : Stream.empty();
  }

  /// With as many stages as leave room for the tables of the order of tiles.
  private Optional<WgmmaConfig> besideTables(WgmmaConfig config) {
    int perBlock = WgmmaSpace.SHARED_BYTES / config.blocksPerSm() - WgmmaSpace.RESERVED_BYTES;
    int room = Math.min(target.sharedBytesPerBlock(), perBlock);
    WgmmaConfig fitting = config;
    while (sharedBytes(fitting) > room && fitting.stages() >= WgmmaSpace.MIN_STAGES) {
      fitting = fitting.withStages(fitting.stages() - 1);
    }
    return Optional.of(fitting).filter(found -> found.stages() >= WgmmaSpace.MIN_STAGES);
  }

  private int sharedBytes(WgmmaConfig config) {
    int ring = config.stages() * (config.stageBytes() + StageRing.BARRIER_BYTES);
    int tables = GroupedWalk.tableBytes(problem.experts());
    int alignment = config.results().alignment();
    return Math.ceilDiv(ring + tables, alignment) * alignment + config.results().bytes();
  }

  private static boolean isForExperts(WgmmaConfig config) {
    return config.splits() == 1 && config.droppedRows() == 0 && config.output() == Output.SUMS;
  }

  /// Tokens of an expert that has some.
  private double mean() {
    return problem.maxCount() / problem.busyExperts();
  }

  private boolean suits(int tokens) {
    int enough = IntStream.of(TOKENS).filter(t -> t >= mean()).findFirst().orElse(256);
    return tokens >= Math.min(enough, GOOD_TOKENS) && tokens <= 2 * enough;
  }

  /// Tokens of which a few tiles hold those of nearly all experts, with little to spare.
  private IntStream fitting() {
    double most = mean() + 2 * Math.sqrt(mean());
    return IntStream.rangeClosed(1, MAX_PARTS)
        .map(parts -> 16 * (int) Math.ceil(most / parts / 16))
        .filter(tokens -> tokens > GOOD_TOKENS && tokens <= 256);
  }

  /// The expected cost.
  Cost estimate(GroupedConfig config) {
    double busy = problem.busyExperts();
    Tiles tiles = tilesOfExpert(config);
    long tokenTiles = Math.max(1, Math.round(busy * tiles.count));
    WgmmaProblem all = new WgmmaProblem(problem.linear(), tokenTiles * config.tokens());
    double whole = new WgmmaEstimate(all, config.tile(), busy).cost().micros();
    double multiplied = tiles.tokens / (tiles.count * config.tokens());
    double narrow = whole * (OF_WEIGHTS + (1 - OF_WEIGHTS) * multiplied);
    double cache = cacheMicros(config, tiles);
    double beside = BESIDE_MEMORY * narrow + CACHE_BESIDE_MEMORY * cache;
    double least = Math.min(whole, memoryMicros()) + beside;
    double product = Math.max(Math.max(narrow, least), cache);
    return new Cost(TABLE_MICROS + gatherMicros(config, product) + product);
  }

  /// What the factors of all tiles take on their way from L2, most of them being there for the
  /// first time.
  private double cacheMicros(GroupedConfig config, Tiles tiles) {
    WgmmaConfig tile = config.tile();
    double rowTiles = Math.ceilDiv(problem.linear().n(), config.rows());
    double count = problem.busyExperts() * tiles.count * rowTiles;
    double bytes = (double) KRange.stages(problem.linear().k(), tile) * tile.stageBytesBrought();
    return count * bytes / FROM_CACHE;
  }

  /// What weights, tokens and results take at least.
  private double memoryMicros() {
    LinearProblem linear = problem.linear();
    double elements = linear.k() + (double) linear.outColumns();
    double bytes = problem.busyExperts() * linear.weightBytes() + 2 * elements * problem.maxCount();
    return bytes / BYTES_PER_MICRO;
  }

  private double gatherMicros(GroupedConfig config, double product) {
    double copied = 2.0 * problem.maxCount() * problem.linear().k() * 2;
    return switch (config.gathering()) {
      case NONE -> 0;
      case BEFORE -> GATHER_MICROS + copied / BYTES_PER_MICRO;
      case IN_RING -> config.tokens() > GOOD_TOKENS ? GATHER_IN_RING * product : 0;
    };
  }

  /// Tiles of an expert's tokens, on average, and the tokens that they multiply.
  private record Tiles(double count, double tokens) {}

  private Tiles tilesOfExpert(GroupedConfig config) {
    double mean = mean();
    double tiles = 0;
    double tokens = 0;
    for (double deviation : SPREAD) {
      double count = Math.max(1, mean + deviation * Math.sqrt(Math.max(0, mean - 1)));
      int atOnce = config.tile().tokenTilesAtOnce();
      double own = atOnce * Math.ceil(count / (atOnce * config.tokens()));
      double share = 8 * Math.ceil(count / own / 8);
      tiles += own / SPREAD.length;
      tokens += own * Math.max(share, config.widths().getLast()) / SPREAD.length;
    }
    return new Tiles(tiles, tokens);
  }
}
