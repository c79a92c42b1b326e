package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Kernels of mixtures of experts in the simulator.
class ExpertKernelsTest {
  private static final SizeExpr T = SizeExpr.TOKENS;

  private static StepBench bench(String target, int tokens) {
    return new StepBench().target(target).sizes(tokens, 1, 1).tolerance(1e-3f);
  }

  /// @param equal true: logits have few different values
  private record Routing(
      String target, int tokens, int experts, int topK, boolean normalise, boolean equal) {}

  @TestFactory
  Stream<DynamicTest> expertsOfEachRowAreChosen() {
    return Stream.of(
            new Routing("sm_80", 1, 8, 2, true, false),
            new Routing("sm_90a", 7, 128, 8, true, true),
            new Routing("sm_90a", 9, 128, 8, false, false),
            new Routing("sm_89", 5, 3, 3, false, true),
            new Routing("sm_90a", 6, 33, 1, true, true),
            new Routing("sm_80", 3, 200, 32, false, true))
        .flatMap(ExpertKernelsTest::routing);
  }

  private static Stream<DynamicTest> routing(Routing c) {
    StepBench bench = bench(c.target, c.tokens);
    Ref logits = bench.addRandom("logits", DType.F32, T, SizeExpr.of(c.experts));
    Tensor values = bench.tensor(logits);
    if (c.equal) {
      for (int i = 0; i < values.elements(); i++) {
        int drawn = bench.random.nextInt(6);
        values.set(i, drawn == 5 ? Float.NaN : drawn == 4 ? -0f : drawn - 1);
      }
    }
    values.set(0, 1);
    Ref experts = bench.add("experts", DType.I32, T, SizeExpr.of(c.topK));
    Ref weights = bench.add("weights", DType.F32, T, SizeExpr.of(c.topK));
    return bench.tests(
        c.toString(), new StepOp.RouteExperts(logits, c.normalise, experts, weights));
  }

  /// Assignments by how many experts there are to choose from: 1 for one that owns all.
  private record Sorting(
      String target, int tokens, int maxTokens, int experts, int topK, int chosen) {}

  @TestFactory
  Stream<DynamicTest> assignmentsAreSortedByExpert() {
    return Stream.of(
            new Sorting("sm_80", 1, 1, 8, 2, 8),
            new Sorting("sm_90a", 13, 64, 7, 3, 7),
            new Sorting("sm_90a", 700, 2048, 5, 2, 5),
            new Sorting("sm_90a", 0, 8, 4, 2, 4),
            new Sorting("sm_89", 33, 40, 6, 1, 1),
            new Sorting("sm_90a", 40, 40, 130, 4, 9))
        .flatMap(ExpertKernelsTest::sorting);
  }

  private static Stream<DynamicTest> sorting(Sorting c) {
    StepBench bench = bench(c.target, c.tokens).maxTokens(c.maxTokens);
    SizeExpr k = SizeExpr.of(c.topK);
    Ref experts = bench.add("experts", DType.I32, T, k);
    for (int i = 0; i < c.tokens * c.topK; i++) {
      bench.tensor(experts).setInt(i, c.experts - 1 - bench.random.nextInt(c.chosen));
    }
    Ref places = bench.add("places", DType.I32, T, k);
    Ref rows = bench.add("rows", DType.I32, T.times(c.topK));
    Ref starts = bench.add("starts", DType.I32, SizeExpr.of(c.experts + 1));
    return bench.tests(c.toString(), new StepOp.GroupByExpert(experts, places, rows, starts));
  }

  private record Combining(
      String target, DType dtype, int tokens, int columns, int topK, boolean residual) {}

  @TestFactory
  Stream<DynamicTest> resultsOfARowsExpertsAreSummed() {
    return Stream.of(
            new Combining("sm_80", DType.BF16, 1, 4096, 2, true),
            new Combining("sm_90a", DType.F16, 5, 75, 8, false),
            new Combining("sm_90a", DType.F32, 3, 9000, 3, true),
            new Combining("sm_89", DType.BF16, 4, 2, 1, true))
        .flatMap(ExpertKernelsTest::combining);
  }

  private static Stream<DynamicTest> combining(Combining c) {
    StepBench bench = bench(c.target, c.tokens);
    SizeExpr columns = SizeExpr.of(c.columns);
    Ref in = bench.addRandom("in", c.dtype, T.times(c.topK), columns);
    Ref places = bench.add("places", DType.I32, T, SizeExpr.of(c.topK));
    for (int i = 0; i < c.tokens * c.topK; i++) {
      bench.tensor(places).setInt(i, c.tokens * c.topK - 1 - i);
    }
    Ref weights = bench.addRandom("weights", DType.F32, T, SizeExpr.of(c.topK));
    Ref out = bench.addRandom("out", c.dtype, T, columns);
    Optional<Ref> residual = c.residual ? Optional.of(out) : Optional.empty();
    return bench.tests(c.toString(), new StepOp.CombineExperts(in, places, weights, residual, out));
  }

  @TestFactory
  Stream<DynamicTest> eachExpertMultipliesItsOwnRows() {
    Activation none = Activation.NONE;
    Activation gated = Activation.SWIGLU_INTERLEAVED;
    return Stream.of(
            GroupedCase.of("sm_80", DType.BF16, 32, 72, gated, 3, 0, 7, 1, 66),
            GroupedCase.of("sm_90a", DType.F16, 33, 1304, none, 1, 2),
            GroupedCase.of("sm_90a", DType.F32, 48, 17, gated, 0, 5, 0),
            GroupedCase.of("sm_89", DType.BF16, 8, 3, none, 9).gathered(),
            GroupedCase.of("sm_90a", DType.BF16, 96, 264, gated, 2, 4, 0, 3, 1, 1).gathered(),
            GroupedCase.of("sm_80", DType.F32, 70, 136, none, 70, 0, 3).gathered())
        .flatMap(c -> c.tests("grouped-linear.plain"));
  }
}
