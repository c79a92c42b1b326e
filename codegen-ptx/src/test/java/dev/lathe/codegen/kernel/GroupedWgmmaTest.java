package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The Hopper kernel for products of experts in the simulator.
class GroupedWgmmaTest {
  private static final String TEMPLATE = "grouped-linear.wgmma";
  private static final Activation NONE = Activation.NONE;
  private static final Activation GATED = Activation.SWIGLU_INTERLEAVED;

  private static GroupedCase of(DType dtype, int n, int k, Activation activation, Integer... rows) {
    return GroupedCase.of("sm_90a", dtype, n, k, activation, rows);
  }

  @TestFactory
  Stream<DynamicTest> everyConfigurationMultipliesEachExpertsRows() {
    return Stream.of(
            of(DType.BF16, 72, 136, NONE, 1, 0, 2, 1, 0).upTo(8),
            of(DType.F16, 208, 72, GATED, 3, 9, 0, 4).gathered().upTo(40),
            of(DType.BF16, 136, 328, NONE, 0, 6, 1, 0, 1).gathered().upTo(8),
            of(DType.BF16, 33, 264, NONE, 0, 0, 13).to(DType.F32).upTo(48))
        .flatMap(c -> c.tests(TEMPLATE));
  }

  @TestFactory
  Stream<DynamicTest> largeTilesEndWithTheirExpert() {
    return Stream.concat(
        of(DType.BF16, 144, 72, GATED, 70, 0, 129, 64)
            .upTo(800)
            .tests(TEMPLATE, config -> config.matches(".*tokens=(64|160|256),.*")),
        of(DType.F16, 136, 40, NONE, 200, 3, 65)
            .gathered()
            .upTo(600)
            .tests(TEMPLATE, config -> config.matches(".*tokens=(96|112|128|192),.*")));
  }

  /// With more of k than the ring holds.
  @TestFactory
  Stream<DynamicTest> warpsGatherUnevenSharesOfATile() {
    return of(DType.BF16, 240, 456, GATED, 150, 0, 5)
        .gathered()
        .upTo(768)
        .tests(TEMPLATE, config -> config.contains("tokens=144,"));
  }

  /// More tiles than blocks, and more stages than the ring has.
  @TestFactory
  Stream<DynamicTest> aBlockTakesOneTileAfterAnother() {
    return Stream.of(72, 584)
        .flatMap(k ->
            of(DType.BF16, 64 * 45, k, NONE, 5, 0, 3, 1)
                .gathered()
                .upTo(16)
                .tests(TEMPLATE, config -> config.matches("rows=64, tokens=8,.*PerSm=1,.*")));
  }

  @TestFactory
  Stream<DynamicTest> tilesOfABlockHaveTheirOwnWidths() {
    return of(DType.BF16, 64 * 50, 72, NONE, 90, 3, 60)
        .gathered()
        .upTo(192)
        .tests(TEMPLATE, config -> config.matches("rows=64, tokens=80,.*IN_RING.*"));
  }

  @TestFactory
  Stream<DynamicTest> noRowsAreNoTiles() {
    return Stream.of(
            of(DType.BF16, 64, 64, NONE, 0, 0).upTo(16),
            of(DType.BF16, 64, 64, NONE, 0, 0).gathered().upTo(16))
        .flatMap(c -> c.tests(TEMPLATE));
  }

  @TestFactory
  Stream<DynamicTest> oneExpertMayOwnAllRows() {
    Integer[] rows = new Integer[70];
    Arrays.fill(rows, 0);
    rows[37] = 150;
    return of(DType.BF16, 136, 72, NONE, rows).upTo(4096).tests(TEMPLATE);
  }
}
