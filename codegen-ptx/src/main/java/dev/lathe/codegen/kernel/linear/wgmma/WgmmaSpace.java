package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.isa.Target;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The configurations of the Hopper linear kernel that make sense for a problem.
final class WgmmaSpace {
  private static final int MAX_STAGES = 16;
  private static final int MIN_STAGES = 3;

  /// Accumulators of a thread that leave room for the rest, where a thread has 168 registers.
  private static final int MAX_ACCUMULATORS = 128;

  /// Shared memory of a multiprocessor, and what each block takes besides its own.
  private static final int SHARED_BYTES = 228 * 1024;

  private static final int RESERVED_BYTES = 1024;

  private static final int[] TOKENS = {8, 16, 24, 32, 48, 64, 96, 128, 192, 256};

  /// Rows, warpgroups.
  private static final int[][] SHAPES = {{64, 1}, {128, 1}, {128, 2}, {256, 2}};

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
        .flatMap(tokens -> Stream.of(SHAPES).flatMap(shape -> ofTile(shape, tokens)))
        .filter(config -> obstacle(config).isEmpty());
  }

  /// A tile of tokens holds all tokens, or a part of many of them, with little to spare.
  private boolean suits(int tokens) {
    long max = problem.maxTokens();
    int enough = IntStream.of(TOKENS).filter(t -> t >= max).findFirst().orElse(256);
    long padded = Math.ceilDiv(max, tokens) * tokens;
    return tokens == enough
        || (tokens < enough && tokens >= (max > 512 ? 128 : 64) && padded <= max + max / 8);
  }

  private Stream<WgmmaConfig> ofTile(int[] shape, int tokens) {
    return IntStream.of(1, 2)
        .boxed()
        .flatMap(blocks ->
            IntStream.of(1, 2, 4, 8).mapToObj(splits -> withStages(shape, tokens, splits, blocks)))
        .flatMap(Optional::stream);
  }

  /// As many stages as fit.
  private Optional<WgmmaConfig> withStages(int[] shape, int tokens, int splits, int blocks) {
    WgmmaConfig one = new WgmmaConfig(shape[0], tokens, shape[1], 1, splits, blocks);
    int stageBytes = one.stageBytes() + StageRing.BARRIER_BYTES;
    int room =
        Math.min(target.sharedBytesPerBlock(), SHARED_BYTES / blocks - RESERVED_BYTES)
            - (one.sharedBytes() - stageBytes);
    int stages = Math.min(MAX_STAGES, room / stageBytes);
    return stages < MIN_STAGES
        ? Optional.empty()
        : Optional.of(new WgmmaConfig(shape[0], tokens, shape[1], stages, splits, blocks));
  }

  /// With two blocks of two warpgroups, a thread has 96 registers.
  private static int mostAccumulators(WgmmaConfig config) {
    return config.blocksPerSm() * config.warpgroups() > 2 ? 48 : MAX_ACCUMULATORS;
  }

  /// Why a configuration is not for this problem, if it is not.
  Optional<String> obstacle(WgmmaConfig config) {
    int blocksOfK = KRange.blocks(problem.linear().k());
    long blocks = problem.tiles(config) * config.splits();
    if (config.sharedBytes() > target.sharedBytesPerBlock()) {
      return Optional.of("a block has no " + config.sharedBytes() + " bytes of shared memory");
    }
    if (config.accumulators() > mostAccumulators(config)) {
      return Optional.of(config.accumulators() + " accumulators leave no registers");
    }
    if (config.tokens() < 64 && config.warpgroups() * config.rows() > 128) {
      return Optional.of(config.rows() + " rows make too few tiles for few tokens");
    }
    if (config.warpgroups() * config.sumBytes() > config.stages() * config.stageBytes()) {
      return Optional.of("the sums do not fit into the stages");
    }
    if (config.splits() > 1 && blocksOfK < 4 * config.splits()) {
      return Optional.of(blocksOfK + " blocks of k for " + config.splits() + " splits");
    }
    if (config.splits() > 1 && blocks > 3L * WgmmaConfig.MULTIPROCESSORS) {
      return Optional.of("there are enough tiles without splits");
    }
    if (config.blocksPerSm() > 1 && config.tokens() > 128) {
      return Optional.of("one block a multiprocessor is enough for large tiles");
    }
    return Optional.empty();
  }
}
