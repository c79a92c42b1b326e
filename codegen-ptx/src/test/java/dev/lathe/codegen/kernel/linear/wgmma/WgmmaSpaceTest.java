package dev.lathe.codegen.kernel.linear.wgmma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Output;
import dev.lathe.codegen.kernel.linear.wgmma.WgmmaConfig.Schedule;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class WgmmaSpaceTest {

  private static WgmmaProblem problem(long tokens, int n, int k) {
    FloatFormat type = FloatFormat.BF16;
    LinearProblem linear = new LinearProblem(type, type, n, k, false, Activation.NONE, 1, false);
    return WgmmaProblem.of(linear, tokens);
  }

  private static List<WgmmaConfig> space(WgmmaProblem problem) {
    return new WgmmaSpace(problem, Target.SM_90A).configs().toList();
  }

  private static WgmmaConfig best(WgmmaProblem problem) {
    return space(problem).stream()
        .min(Comparator.comparing(config -> new WgmmaEstimate(problem, config).cost()))
        .orElseThrow();
  }

  private static String obstacle(WgmmaProblem problem, WgmmaConfig config) {
    return new WgmmaObstacles(problem, Target.SM_90A).of(config).orElse("none");
  }

  @Test
  void thereIsAConfigurationForEveryProblemAndThereAreNotTooMany() {
    for (long tokens : new long[] {1, 8, 9, 16, 60, 64, 100, 128, 250, 300, 2048, 8192, 100_000}) {
      for (int n : new int[] {1, 7, 64, 4096, 5000, 28672}) {
        for (int k : new int[] {8, 64, 4096, 14336}) {
          assertThat(space(problem(tokens, n, k))).hasSizeBetween(1, n < 4096 ? 90 : 70);
        }
      }
    }
  }

  @Test
  void fewTokensKeepAllMultiprocessorsBusy() {
    for (long tokens : new long[] {9, 16, 32, 64, 128}) {
      for (int k : new int[] {4096, 14336}) {
        WgmmaProblem problem = problem(tokens, 4096, k);
        WgmmaConfig config = best(problem);
        assertThat(problem.tiles(config) * config.splits()).as("%s", config).isBetween(120L, 264L);
      }
    }
  }

  @Test
  void manyTokensHaveLargeTilesThatLeaveBesideTheRing() {
    WgmmaConfig config = best(problem(4096, 4096, 14336));
    assertThat(config.rows() * config.tokens()).isEqualTo(128 * 256);
    assertThat(config.output()).isEqualTo(Output.BOXES);
  }

  @Test
  void tilesTakeTurnsWhereBlocksHaveSeveral() {
    assertThat(space(problem(4096, 4096, 1024)))
        .filteredOn(config -> config.schedule() == Schedule.PING_PONG)
        .extracting(WgmmaConfig::tokens)
        .contains(128, 192);
    assertThat(space(problem(512, 4096, 1024)))
        .isNotEmpty()
        .noneMatch(config -> config.schedule() == Schedule.PING_PONG);
  }

  @Test
  void whatIsNotForAProblemSaysWhy() {
    WgmmaProblem few = problem(16, 4090, 128);
    assertThat(obstacle(few, new WgmmaConfig(128, 256, 2, 1, 5, 1, 1, Output.SUMS)))
        .contains("bytes of shared memory");
    assertThat(obstacle(few, new WgmmaConfig(128, 256, 1, 1, 3, 1, 1, Output.SUMS)))
        .isEqualTo("256 accumulators leave no registers");
    assertThat(obstacle(few, new WgmmaConfig(64, 16, 1, 1, 4, 2, 1, Output.SUMS)))
        .isEqualTo("2 stages of k for 2 splits");
    assertThat(obstacle(few, new WgmmaConfig(64, 64, 1, 1, 4, 1, 1, Output.TILES)))
        .isEqualTo("rows of 4090 elements are no multiple of 16 bytes");
    assertThat(
            obstacle(
                problem(4096, 4096, 4096), new WgmmaConfig(64, 64, 1, 1, 4, 2, 1, Output.SUMS)))
        .isEqualTo("half as many splits make enough blocks");
    assertThat(obstacle(few, new WgmmaConfig(256, 16, 2, 1, 4, 1, 1, Output.SUMS)))
        .contains("too few tiles");
  }
}
