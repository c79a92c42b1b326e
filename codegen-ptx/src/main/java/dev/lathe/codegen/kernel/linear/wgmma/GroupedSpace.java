package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Sharing;
import dev.lathe.codegen.kernel.moe.GroupedProblem;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The configurations of the Hopper kernel for products of experts, and what they are expected to
/// take: those of a product of as many tokens as a tile has, for tiles of about as many tokens as
/// experts have.
record GroupedSpace(GroupedProblem problem, Target target) {
  private static final int[] TOKENS = {8, 16, 32, 64, 128, 192, 256};

  /// Tokens of a tile that leave little waste behind an expert's last token, and reuse weights.
  private static final int GOOD_TOKENS = 64;

  /// How far counts of tokens are from the mean, in standard deviations.
  private static final double[] SPREAD = {-1.5, -0.5, 0.5, 1.5};

  private static final double BYTES_PER_MICRO = 3.0e6;
  private static final double GATHER_MICROS = 1.5;

  /// What it takes to learn which tiles there are.
  private static final double TABLE_MICROS = 1.0;

  Stream<WgmmaConfig> configs() {
    return IntStream.of(TOKENS).filter(this::suits).boxed().flatMap(this::ofTokens);
  }

  private Stream<WgmmaConfig> ofTokens(int tokens) {
    WgmmaSpace space = new WgmmaSpace(new WgmmaProblem(problem.linear(), tokens), target);
    return space
        .configs()
        .filter(config -> config.tokens() == tokens && isForExperts(config))
        .flatMap(config -> Stream.concat(Stream.of(config), asBoxes(config, space)));
  }

  /// The same, but that results leave as boxes; none if they cannot.
  private Stream<WgmmaConfig> asBoxes(WgmmaConfig config, WgmmaSpace space) {
    LinearProblem linear = problem.linear();
    boolean fit =
        config.tokens() % WgmmaConfig.BOX_TOKENS == 0
            && linear.outType() != FloatFormat.F32
            && linear.outColumns() % 8 == 0;
    return fit ? space.withStages(config.withOutput(Output.BOXES)).stream() : Stream.empty();
  }

  private static boolean isForExperts(WgmmaConfig config) {
    return config.splits() == 1
        && config.droppedRows() == 0
        && config.output() == Output.SUMS
        && config.sharing() != Sharing.WEIGHTS;
  }

  /// Tokens of an expert that has some.
  private double mean() {
    return problem.maxCount() / problem.busyExperts();
  }

  private boolean suits(int tokens) {
    int enough = IntStream.of(TOKENS).filter(t -> t >= mean()).findFirst().orElse(256);
    return tokens >= Math.min(enough, GOOD_TOKENS) && tokens <= 2 * enough;
  }

  /// The expected cost.
  Cost estimate(WgmmaConfig config) {
    double busy = problem.busyExperts();
    long tokenTiles = Math.max(1, Math.round(busy * tilesOfExpert(config.tokens())));
    WgmmaProblem all = new WgmmaProblem(problem.linear(), tokenTiles * config.tokens());
    double product = new WgmmaEstimate(all, config, busy).cost().micros();
    double gathered = 2.0 * problem.maxCount() * problem.linear().k() * 2;
    double gather = problem.gathers() ? GATHER_MICROS + gathered / BYTES_PER_MICRO : 0;
    return new Cost(TABLE_MICROS + gather + product);
  }

  private double tilesOfExpert(int tokens) {
    double mean = mean();
    double tiles = 0;
    for (double deviation : SPREAD) {
      double count = Math.max(1, mean + deviation * Math.sqrt(Math.max(0, mean - 1)));
      tiles += Math.ceil(count / tokens) / SPREAD.length;
    }
    return tiles;
  }
}
