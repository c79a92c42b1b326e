package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The Hopper linear kernel in the simulator.
class WgmmaLinearTest {

  /// @param maxTokens of the profile
  private record Case(
      DType dtype,
      DType outType,
      int tokens,
      int maxTokens,
      int n,
      int k,
      boolean bias,
      Activation activation,
      boolean residual) {}

  private static Case plain(int tokens, int maxTokens, int n, int k) {
    return new Case(DType.BF16, DType.BF16, tokens, maxTokens, n, k, false, Activation.NONE, false);
  }

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesTheProduct() {
    return Stream.of(
            new Case(DType.BF16, DType.BF16, 5, 8, 40, 72, true, Activation.NONE, true),
            new Case(DType.F16, DType.F32, 13, 16, 33, 520, false, Activation.NONE, false),
            new Case(
                DType.BF16,
                DType.BF16,
                17,
                24,
                208,
                600,
                true,
                Activation.SWIGLU_INTERLEAVED,
                true),
            new Case(DType.F16, DType.F16, 37, 64, 136, 264, true, Activation.SILU, true))
        .flatMap(c -> tests(c, _ -> true));
  }

  @TestFactory
  Stream<DynamicTest> largeTilesComputeTheProduct() {
    return Stream.of(
            new Case(
                DType.BF16,
                DType.F32,
                150,
                256,
                160,
                72,
                true,
                Activation.SWIGLU_INTERLEAVED,
                true),
            new Case(DType.F16, DType.F16, 190, 256, 258, 40, true, Activation.NONE, true))
        .flatMap(c -> tests(c, config -> config.matches(".*tokens=(128|256).*splits=1, .*SUMS.*")));
  }

  @TestFactory
  Stream<DynamicTest> tilesOfResultsGoThroughTheRing() {
    return Stream.of(
            new Case(
                DType.BF16,
                DType.BF16,
                150,
                256,
                176,
                72,
                true,
                Activation.SWIGLU_INTERLEAVED,
                true),
            new Case(DType.F16, DType.F16, 130, 256, 200, 264, false, Activation.NONE, true),
            new Case(DType.BF16, DType.F16, 192, 192, 136, 136, true, Activation.SILU, false))
        .flatMap(c -> tests(c, config -> config.matches(".*tokens=(128|192|256).*TILES.*NONE.*")));
  }

  @TestFactory
  Stream<DynamicTest> blocksOfAClusterBringFactorsForOneAnother() {
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.concat(
        tests(
            new Case(DType.BF16, DType.BF16, 100, 128, 272, 200, true, gated, true),
            config -> config.matches(".*TILES, sharing=(TOKENS|WEIGHTS).*")),
        tests(
            new Case(DType.F16, DType.F32, 70, 128, 200, 136, false, Activation.NONE, false),
            config -> config.matches(".*SUMS, sharing=(TOKENS|WEIGHTS).*")));
  }

  @TestFactory
  Stream<DynamicTest> resultsLeaveThroughBoxesOfTheirOwn() {
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.of(
            new Case(DType.BF16, DType.BF16, 200, 512, 304, 72, true, gated, false),
            new Case(DType.F16, DType.F16, 130, 512, 328, 40, true, Activation.NONE, false))
        .flatMap(c -> tests(c, config -> config.contains("BOXES")));
  }

  @TestFactory
  Stream<DynamicTest> aClusterComputesOnePairOfTilesAfterTheOther() {
    return tests(
        plain(3, 512, 128 * 134, 8),
        config -> config.matches(".*rows=128, tokens=256.*BOXES, sharing=TOKENS.*"));
  }

  @TestFactory
  Stream<DynamicTest> warpgroupsThatHaveTilesOfTheirOwnTakeTurns() {
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.of(
            tests(
                new Case(DType.BF16, DType.BF16, 130, 512, 128 * 67, 392, true, gated, false),
                config -> config.matches(".*tokens=128.*BOXES, sharing=WEIGHTS.*PING_PONG.*")),
            tests(
                new Case(
                    DType.F16, DType.F16, 130, 512, 128 * 67 - 24, 72, true, Activation.SILU, true),
                config -> config.matches(".*tokens=128.*SUMS.*PING_PONG.*")),
            tests(
                new Case(
                    DType.BF16, DType.F32, 400, 512, 128 * 67, 8, false, Activation.NONE, false),
                config -> config.matches(".*tokens=128.*NONE.*PING_PONG.*")),
            tests(
                plain(200, 576, 128 * 88, 8),
                config -> config.matches(".*tokens=192.*PING_PONG.*")))
        .flatMap(Function.identity());
  }

  @TestFactory
  Stream<DynamicTest> tilesOfAnyRowsDropWhatTheyHaveTooMuch() {
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.of(
            tests(plain(16, 16, 4090, 136), config -> config.matches(".*rows=32, .*depth=2.*")),
            tests(
                new Case(DType.BF16, DType.BF16, 20, 24, 6000, 136, true, gated, true),
                config -> config.matches(".*rows=48, .*depth=2.*")),
            tests(plain(90, 96, 6000, 40), config -> config.matches(".*rows=48, .*TOKENS.*")),
            tests(
                new Case(DType.F16, DType.F32, 3, 64, 28992, 8, false, gated, false),
                config -> config.matches(".*rows=224, .*NONE.*")))
        .flatMap(Function.identity());
  }

  @TestFactory
  Stream<DynamicTest> aBlockComputesOneTileAfterTheOther() {
    Case tiled =
        new Case(DType.BF16, DType.BF16, 40, 64, 64 * 140, 136, true, Activation.NONE, true);
    return Stream.concat(
        tests(
            plain(3, 8, 64 * 140, 64),
            config -> config.contains("rows=64, tokens=8, warpgroups=1, depth=1")),
        tests(
            tiled,
            config ->
                config.matches(".*rows=64, tokens=64, warpgroups=1, depth=1.*TILES.*TOKENS.*")));
  }

  @TestFactory
  Stream<DynamicTest> groupsOfTokensCoverAllTiles() {
    return tests(plain(2200, 4096, 136, 8), config -> config.contains("tokens=256"));
  }

  @TestFactory
  Stream<DynamicTest> noTokensAreNoTiles() {
    return tests(
        plain(0, 16, 64, 64), config -> config.contains("splits=1, ") && config.contains("SUMS"));
  }

  @Test
  void otherTargetsAreRefused() {
    StepBench bench = new StepBench().sizes(1, 1, 1).target("sm_89");
    List<String> reasons = new ArrayList<>();
    PtxKernelCatalog.builtIn().candidates(op(plain(1, 1, 8, 8), bench), bench.context(), reasons);
    assertThat(reasons).contains("linear.wgmma: sm_89 has no wgmma, only sm_90a");
  }

  @Test
  void eachStageHasFourStepsOfProductsForEach64Rows() {
    StepBench bench = new StepBench().sizes(1, 1, 1).maxTokens(64).target("sm_90a");
    assertThat(bench.candidates(op(plain(1, 64, 512, 4096), bench)))
        .filteredOn(WgmmaLinearTest::isWgmma)
        .isNotEmpty()
        .allSatisfy(candidate -> {
          String ptx = candidate.lower().kernels().getFirst().ptx();
          String config = candidate.config();
          int rows = config.matches(".*rows=(256|128, .*warpgroups=1).*") ? 2 : 1;
          int depth = Integer.parseInt(config.replaceAll(".*depth=(\\d+).*", "$1"));
          assertThat(ptx.split("wgmma.mma_async", -1)).hasSize(4 * rows * depth + 1);
          assertThat(ptx).contains("griddepcontrol.wait", "griddepcontrol.launch_dependents");
        });
  }

  private static Stream<DynamicTest> tests(Case c, Predicate<String> configs) {
    StepBench bench =
        new StepBench()
            .sizes(c.tokens, 1, 1)
            .maxTokens(c.maxTokens)
            .target("sm_90a")
            .tolerance(1e-3f);
    return bench.tests(
        c.toString(),
        op(c, bench),
        candidate -> isWgmma(candidate) && configs.test(candidate.config()));
  }

  private static boolean isWgmma(Candidate candidate) {
    return candidate.template().equals("linear.wgmma");
  }

  private static Linear op(Case c, StepBench bench) {
    SizeExpr n = SizeExpr.of(c.n);
    SizeExpr columns = SizeExpr.of(c.activation == Activation.SWIGLU_INTERLEAVED ? c.n / 2 : c.n);
    Ref in = bench.addRandom("in", c.dtype, SizeExpr.TOKENS, SizeExpr.of(c.k));
    Ref weight = bench.addRandom("@weight", c.dtype, n, SizeExpr.of(c.k));
    Optional<Ref> bias =
        c.bias ? Optional.of(bench.addRandom("@bias", c.dtype, n)) : Optional.empty();
    Ref out = bench.addRandom("out", c.outType, SizeExpr.TOKENS, columns);
    Optional<Ref> residual =
        c.residual
            ? Optional.of(
                c.dtype == c.outType
                    ? out
                    : bench.addRandom("residual", c.dtype, SizeExpr.TOKENS, columns))
            : Optional.empty();
    return new Linear(in, weight, bias, c.activation, residual, out);
  }
}
