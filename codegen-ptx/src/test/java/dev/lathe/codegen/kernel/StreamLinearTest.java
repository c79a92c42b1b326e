package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.Linear;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Corners of the streaming linear kernel that the cases of all linear kernels do not reach: many
/// row tiles a block, rings that do not divide k, tokens that do not fit into shared memory.
class StreamLinearTest {
  private static final ModelSteps MODEL =
      new ModelSteps("llama-2-7b", DType.BF16, 4096, new Heads(32, 32, 128), 11008, 32000, false);

  private record Case(
      String target, DType dtype, DType outType, int tokens, int n, int k, Activation activation) {}

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesTheProduct() {
    Activation none = Activation.NONE;
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.of(
            new Case("sm_90a", DType.F16, DType.F16, 8, 96, 5000, gated),
            new Case("sm_90a", DType.BF16, DType.BF16, 16, 33, 3080, none),
            new Case("sm_90a", DType.BF16, DType.BF16, 11, 48, 1032, gated),
            new Case("sm_89", DType.F16, DType.F16, 16, 40, 4104, none),
            new Case("sm_89", DType.BF16, DType.BF16, 13, 32, 8200, gated),
            new Case("sm_80", DType.BF16, DType.BF16, 2, 3480, 24, Activation.SILU))
        .flatMap(c -> tests(c, _ -> true));
  }

  /// A row tile more than there are blocks. How weights are fetched makes no difference here.
  @TestFactory
  Stream<DynamicTest> blocksOfHopperHaveSeveralRowTiles() {
    Activation none = Activation.NONE;
    return Stream.concat(
        tests(
            new Case("sm_90a", DType.BF16, DType.BF16, 1, 2129, 64, none),
            config -> config.contains("blocksPerSm=1, fetch=BYTES_128")),
        tests(
            new Case("sm_90a", DType.BF16, DType.F32, 3, 4240, 136, none),
            config -> config.contains("blocksPerSm=2")));
  }

  private static Stream<DynamicTest> tests(Case c, Predicate<String> configs) {
    StepBench bench = new StepBench().target(c.target).sizes(c.tokens, 1, 1).tolerance(2e-3f);
    Linear op = linear(bench, c);
    return bench.candidates(op).stream()
        .filter(candidate -> candidate.template().equals("linear.stream"))
        .filter(candidate -> configs.test(candidate.config()))
        .map(candidate ->
            dynamicTest(c + ": " + candidate.config(), () -> bench.check(op, candidate)));
  }

  private static Linear linear(StepBench bench, Case c) {
    SizeExpr columns = SizeExpr.of(c.activation == Activation.SWIGLU_INTERLEAVED ? c.n / 2 : c.n);
    Ref in = bench.addRandom("in", c.dtype, SizeExpr.TOKENS, SizeExpr.of(c.k));
    Ref weight = bench.addRandom("@weight", c.dtype, SizeExpr.of(c.n), SizeExpr.of(c.k));
    Ref bias = bench.addRandom("@bias", c.dtype, SizeExpr.of(c.n));
    Ref out = bench.addRandom("out", c.outType, SizeExpr.TOKENS, columns);
    Optional<Ref> residual = c.dtype == c.outType ? Optional.of(out) : Optional.empty();
    return new Linear(in, weight, Optional.of(bias), c.activation, residual, out);
  }

  @Test
  void itIsTheChoiceForFewTokensOnHopper() {
    for (int tokens : new int[] {1, 8, 16}) {
      StepBench bench = new StepBench().target("sm_90a").sizes(tokens, tokens, tokens).decode();
      Linear op =
          linear(bench, new Case("", DType.BF16, DType.BF16, tokens, 28672, 256, Activation.NONE));
      assertThat(bench.candidates(op).stream().min((a, b) -> a.cost().compareTo(b.cost())))
          .hasValueSatisfying(best -> assertThat(best.template()).isEqualTo("linear.stream"));
    }
  }

  @TestFactory
  Stream<DynamicTest> noConfigurationSpillsWithManyTokens() {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "ptxas is not on the PATH");
    return Stream.of(8, 16)
        .flatMap(tokens -> MODEL.steps(ModelSteps.decode(tokens), "sm_90a").stream())
        .filter(step -> step.label().equals("gate-up") || step.label().equals("down"))
        .flatMap(step ->
            PtxKernelCatalog.builtIn()
                .candidates(step.op(), step.context(), new ArrayList<>())
                .stream())
        .filter(candidate -> candidate.template().equals("linear.stream"))
        .filter(candidate -> candidate.config().contains("BYTES_128"))
        .map(candidate ->
            dynamicTest(candidate.config(), () -> assemble(assembler.get(), candidate)));
  }

  private static void assemble(PtxasAssembler assembler, Candidate candidate) {
    for (Kernel kernel : candidate.emit().kernels()) {
      assertThat(assembler.assemble(kernel.ptx(), Target.SM_90A).withoutSpills().registers())
          .isPositive();
    }
  }
}
