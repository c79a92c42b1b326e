package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.linear.LinearProblem;

/// What a configuration is expected to take on an H100: the greatest of what memory, L2 and the
/// tensor cores need, over whole waves of blocks, and what comes before and after. Bytes and flops
/// are per microsecond.
final class WgmmaEstimate {
  private static final double MEMORY = 3.0e6;

  /// What one multiprocessor gets from memory at best: about 70 of them share all of it.
  private static final double MEMORY_OF_ONE = 4.2e4;

  private static final double L2 = 1.1e7;

  /// The same at the clock that the power limit allows under full load of the tensor cores.
  private static final double L2_BUSY = 1.05e7;

  private static final double L2_OF_ONE_BUSY = 8.2e4;

  /// Part of a wave's time that it takes less for each multiprocessor that has no tile in it: the
  /// others then have more power.
  private static final double IDLE_GAIN = 0.6;

  /// Part of the time of bytes from L2 that they take while products run.
  private static final double L2_POWER = 0.05;

  private static final int MANY_TOKENS = 512;

  /// What one multiprocessor gets from L2 at best.
  private static final double L2_OF_ONE = 1.05e5;

  /// Time from a request to its bytes: what is under way is the rate times this.
  private static final double LATENCY = 1.0;

  /// Clocks of a microsecond that the power limit allows under full load of the tensor cores, and
  /// otherwise.
  private static final double BUSY_CLOCKS = 1400;

  private static final double CLOCKS = 1700;

  /// Start and end where the next kernel's first weights find room beside this one, and where not.
  private static final double RAMP = 1.7;

  private static final double RAMP_ALONE = 2.0;

  private static final int SHARED_BYTES = 226 * 1024;

  /// What reading 128 bytes of a row at a time costs more than reading 256 or 512.
  private static final double SCATTERED = 0.01;

  /// Time of each block of a cluster that adds up, and bytes of sums in a microsecond.
  private static final double ADDEND = 0.1;

  private static final double ADDED = 1.8e4;

  /// Sums of a tile that one multiprocessor takes to memory in a clock.
  private static final double SUMS_OF_CLOCK = 12;

  private static final double TILES_OF_CLOCK = 32;

  private static final double BOXES_OF_CLOCK = 48;

  private final LinearProblem linear;
  private final WgmmaProblem problem;
  private final WgmmaConfig config;
  private final double products;

  WgmmaEstimate(WgmmaProblem problem, WgmmaConfig config) {
    this(problem, config, 1);
  }

  /// Of several products in one.
  ///
  /// @param problem of as many tokens as the tiles of all have
  /// @param products that have weights of their own
  WgmmaEstimate(WgmmaProblem problem, WgmmaConfig config, double products) {
    this.products = products;
    this.problem = problem;
    this.linear = problem.linear();
    this.config = config;
  }

  Cost cost() {
    double blocks = (double) problem.clusterTiles(config) * config.clusterBlocks();
    double waves = waves(blocks);
    double working = Math.min(blocks, WgmmaConfig.MULTIPROCESSORS);
    double stagesOfK = Math.ceilDiv(KRange.stages(linear.k(), config), config.splits());
    double stages = waves * stagesOfK;
    double fromL2 =
        stages
            * Math.max(
                config.stageBytes() / rateOfOne(), config.stageBytesBrought() * working / l2());
    double tensor = stages * stageClocks() / BUSY_CLOCKS;
    double memory = memoryBytes() / MEMORY + lastWave(blocks);
    double weights = stages * config.depth() * config.weightBytes() / MEMORY_OF_ONE;
    double products = Math.max(Math.max(fromL2, tensor), firstPass(weights)) + L2_POWER * fromL2;
    double onSm = products + outputs(waves);
    double start = 2 * config.sharedBytes() <= SHARED_BYTES ? RAMP : RAMP_ALONE;
    double scattered = config.depth() == 1 ? SCATTERED * memory : 0;
    double work = Math.max(memory + scattered, onSm) * sharing();
    return new Cost(start + work + addition() + lastOutput());
  }

  private double addition() {
    double sums = (double) config.rows() * config.tokens() * Float.BYTES;
    return config.splits() == 1 ? 0 : ADDEND * config.splits() + sums / ADDED;
  }

  /// Blocks that a multiprocessor runs, one after the other or beside one another. Large clusters
  /// do not fit into all parts of the GPU.
  private double waves(double blocks) {
    int cluster = config.clusterBlocks();
    int resident = cluster <= 2 ? WgmmaConfig.MULTIPROCESSORS : cluster <= 4 ? 120 : 112;
    double exact = blocks / resident;
    if (problem.maxTokens() > MANY_TOKENS) {
      return Math.ceil(exact) - IDLE_GAIN * (Math.ceil(exact) - exact);
    }
    return cluster <= 2
        ? Math.ceil(exact)
        : Math.ceil(exact / config.blocksPerSm()) * config.blocksPerSm();
  }

  /// Fewer bytes from L2 leave more power for many products; with few, halves of boxes cost time.
  private double sharing() {
    return switch (config.sharing()) {
      case NONE -> 1;
      case WEIGHTS -> 0.99;
      case TOKENS -> problem.maxTokens() > MANY_TOKENS ? 0.99 : 1.01;
    };
  }

  /// What the weights of the last wave take longer than by all multiprocessors, where few tokens
  /// make memory the limit.
  private double lastWave(double blocks) {
    double last = blocks % WgmmaConfig.MULTIPROCESSORS;
    double slower = Math.min(MEMORY, last * MEMORY_OF_ONE);
    return last == 0 || problem.maxTokens() > MANY_TOKENS
        ? 0
        : linear.weightBytes() * (last / blocks) * (1 / slower - 1 / MEMORY);
  }

  /// Weights come from memory for the first tokens; for later ones from L2.
  private double firstPass(double weights) {
    return weights / Math.max(1, Math.ceilDiv(problem.maxTokens(), config.tokens()) / products);
  }

  private double l2() {
    return problem.maxTokens() > MANY_TOKENS ? L2_BUSY : L2;
  }

  /// Bytes a microsecond that come to one multiprocessor at best.
  private double rateOfOne() {
    long resident =
        Math.min(
            config.blocksPerSm(),
            Math.ceilDiv(problem.tiles(config), (long) WgmmaConfig.MULTIPROCESSORS));
    double underWay = (double) resident * config.stages() * config.stageBytes();
    double best = problem.maxTokens() > MANY_TOKENS ? L2_OF_ONE_BUSY : L2_OF_ONE;
    return Math.min(best, underWay / LATENCY);
  }

  /// Clocks of the products of a stage: `wgmma` takes a clock for 2 tokens, and its factors come
  /// from shared memory at 128 bytes a clock. Reads cost power besides.
  private double stageClocks() {
    double reads = (WgmmaConfig.WGMMA_ROWS + config.tokens()) * 32.0 / 128;
    double one = Math.max(config.tokens() / 2.0, reads) + 0.02 * reads;
    return 4.0 * config.depth() * config.rowBlocks() * config.rowParts() * one;
  }

  /// Weights and tokens once, the result once; a residual once.
  private double memoryBytes() {
    double result = (double) problem.maxTokens() * linear.outColumns();
    double out = result * (linear.outType().bytes() + (linear.residual() ? 2 : 0));
    return products * linear.weightBytes() + 2.0 * problem.maxTokens() * linear.k() + out;
  }

  /// What results take while no products run.
  private double outputs(double waves) {
    return switch (config.schedule()) {
      case COOPERATIVE -> waves * outputMicros() / overlap();
      case PING_PONG -> 0;
    };
  }

  private double outputMicros() {
    double perClock =
        switch (config.output()) {
          case SUMS -> SUMS_OF_CLOCK;
          case TILES -> TILES_OF_CLOCK;
          case BOXES -> BOXES_OF_CLOCK;
        };
    return (double) config.rows() * config.tokens() / config.splits() / perClock / CLOCKS;
  }

  /// Blocks that multiply while one stores.
  private double overlap() {
    return config.blocksPerSm() * (config.stages() > 4 ? 1.2 : 1);
  }

  private double lastOutput() {
    return outputMicros() + (linear.residual() ? 0.5 : 0);
  }
}
