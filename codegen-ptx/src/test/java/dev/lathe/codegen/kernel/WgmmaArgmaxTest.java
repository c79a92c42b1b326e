package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.LinearArgmax;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The kernel that keeps the greatest result alone, in the simulator. Factors are small integers:
/// the sums are exact, and many are equal.
class WgmmaArgmaxTest {

  /// @param maxTokens of the profile
  /// @param bias added to all results, if not 0
  private record Case(
      DType dtype, int tokens, int maxTokens, int n, int k, float bias, float scale) {}

  @TestFactory
  Stream<DynamicTest> everyConfigurationFindsTheLowestOfTheGreatest() {
    return Stream.of(
            new Case(DType.BF16, 40, 64, 320, 72, 0, 1),
            new Case(DType.F16, 100, 128, 448, 40, 0, 0.5f),
            new Case(DType.BF16, 3, 128, 64 * 140, 8, 0, 1))
        .flatMap(c -> bench(c).tests(c.toString(), op(c)));
  }

  private StepBench bench = new StepBench();

  private StepBench bench(Case c) {
    bench = new StepBench().sizes(c.tokens, 1, 1).maxTokens(c.maxTokens).target("sm_90a");
    return bench;
  }

  /// Rows past the last would be zero, and greater than all others.
  @TestFactory
  Stream<DynamicTest> rowsThatTheWeightDoesNotHaveNeverWin() {
    Case c = new Case(DType.BF16, 33, 64, 333, 40, -500, 1);
    return bench(c).tests(c.toString(), op(c));
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoNumberNeverWins() {
    Case c = new Case(DType.F16, 35, 64, 256, 40, 0, 1);
    StepBench stepBench = bench(c);
    LinearArgmax op = op(c);
    for (int row = 0; row < c.n; row += 3) {
      stepBench.tensor(op.weight()).set(row * c.k, Float.NaN);
    }
    // A token of which nothing is a number.
    stepBench.tensor(op.in()).set(7 * c.k, Float.NaN);
    return stepBench.tests(c.toString(), op);
  }

  @Test
  void moreTokensThanATileHasAreRefused() {
    Case c = new Case(DType.BF16, 300, 512, 256, 40, 0, 1);
    StepBench stepBench = bench(c);
    LinearArgmax op = op(c);

    assertThat(PtxKernelCatalog.builtIn().supports(op, stepBench.context())).isFalse();
  }

  private LinearArgmax op(Case c) {
    SizeExpr n = SizeExpr.of(c.n);
    Ref in = bench.add("in", c.dtype, SizeExpr.TOKENS, SizeExpr.of(c.k));
    Ref weight = bench.add("@weight", c.dtype, n, SizeExpr.of(c.k));
    Random random = new Random(5);
    for (Ref ref : new Ref[] {in, weight}) {
      int elements = ref.equals(in) ? c.tokens * c.k : c.n * c.k;
      for (int i = 0; i < elements; i++) {
        bench.tensor(ref).set(i, random.nextInt(-2, 3));
      }
    }
    Optional<Ref> bias = Optional.empty();
    if (c.bias != 0) {
      Ref added = bench.add("@bias", c.dtype, n);
      for (int i = 0; i < c.n; i++) {
        bench.tensor(added).set(i, c.bias);
      }
      bias = Optional.of(added);
    }
    bench.readEarly(weight);
    return new LinearArgmax(
        in, weight, bias, c.scale, bench.add("out", DType.I32, SizeExpr.TOKENS));
  }
}
