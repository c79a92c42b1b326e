package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.Linear;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class LinearKernelsTest {

  private record Case(
      DType dtype,
      DType outType,
      int tokens,
      int n,
      int k,
      boolean bias,
      Activation activation,
      boolean residual) {}

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesTheProduct() {
    return Stream.of(
            new Case(DType.BF16, DType.BF16, 1, 40, 72, true, Activation.NONE, true),
            new Case(DType.F16, DType.F32, 5, 33, 40, false, Activation.NONE, false),
            new Case(DType.BF16, DType.BF16, 70, 96, 64, false, Activation.SILU, false),
            new Case(DType.BF16, DType.F32, 3, 32, 136, true, Activation.SWIGLU_INTERLEAVED, false),
            new Case(DType.F16, DType.F16, 17, 48, 48, true, Activation.SWIGLU_INTERLEAVED, true),
            new Case(DType.F32, DType.F32, 7, 19, 13, true, Activation.NONE, true),
            new Case(DType.F32, DType.F32, 66, 16, 20, true, Activation.SWIGLU_INTERLEAVED, false),
            new Case(DType.BF16, DType.BF16, 9, 24, 2600, false, Activation.NONE, true),
            new Case(DType.F16, DType.F16, 40, 144, 424, true, Activation.NONE, false),
            new Case(
                DType.BF16, DType.F32, 150, 144, 200, false, Activation.SWIGLU_INTERLEAVED, false),
            new Case(DType.BF16, DType.BF16, 2, 9, 7, true, Activation.SILU, true),
            new Case(DType.BF16, DType.F32, 5, 16, 24, true, Activation.RELU, true),
            new Case(DType.BF16, DType.F32, 5, 16, 24, true, Activation.GELU, false),
            new Case(DType.F16, DType.F32, 70, 16, 24, true, Activation.GELU_TANH, false),
            new Case(DType.F32, DType.F32, 5, 16, 24, true, Activation.GELU_QUICK, false),
            new Case(DType.BF16, DType.BF16, 9, 32, 24, true, Activation.GEGLU_INTERLEAVED, true),
            new Case(
                DType.F16, DType.F32, 3, 32, 24, true, Activation.GEGLU_TANH_INTERLEAVED, true))
        .flatMap(LinearKernelsTest::tests);
  }

  private static Stream<DynamicTest> tests(Case c) {
    StepBench bench = new StepBench().sizes(c.tokens, 1, 1).tolerance(1e-3f);
    SizeExpr n = SizeExpr.of(c.n);
    SizeExpr columns = SizeExpr.of(c.activation.gates() ? c.n / 2 : c.n);
    Ref in = bench.addRandom("in", c.dtype, SizeExpr.TOKENS, SizeExpr.of(c.k));
    Ref weight = bench.addRandom("@weight", c.dtype, n, SizeExpr.of(c.k));
    Optional<Ref> bias =
        c.bias ? Optional.of(bench.addRandom("@bias", c.dtype, n)) : Optional.empty();
    Ref out = bench.addRandom("out", c.outType, SizeExpr.TOKENS, columns);
    Optional<Ref> residual =
        c.residual ? Optional.of(residual(bench, c, columns, out)) : Optional.empty();
    float scale = c.n == 24 ? 0.22f : 1;
    return bench.tests(
        c.toString(), new Linear(in, weight, bias, c.activation, scale, residual, out));
  }

  /// The result itself, where the types allow it: kernels must read it before they overwrite it.
  private static Ref residual(StepBench bench, Case c, SizeExpr columns, Ref out) {
    return c.dtype == c.outType
        ? out
        : bench.addRandom("residual", c.dtype, SizeExpr.TOKENS, columns);
  }
}
