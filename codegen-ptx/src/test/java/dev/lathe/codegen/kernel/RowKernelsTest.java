package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Steps that work on rows or on elements, for each dtype, with widths that are aligned and such
/// that are not.
class RowKernelsTest {
  private static final List<DType> DTYPES = List.of(DType.F32, DType.F16, DType.BF16);
  private static final int[] WIDTHS = {1, 7, 64, 130, 2056, 16644};

  private static Stream<DynamicTest> overShapes(Shaped test) {
    return DTYPES.stream()
        .flatMap(dtype ->
            Arrays.stream(WIDTHS)
                .boxed()
                .flatMap(width -> test.tests(dtype, width, new StepBench().sizes(3, 1, 2))));
  }

  @FunctionalInterface
  private interface Shaped {
    Stream<DynamicTest> tests(DType dtype, int width, StepBench bench);
  }

  private static String label(DType dtype, int width) {
    return dtype + " " + width;
  }

  @TestFactory
  Stream<DynamicTest> embeddingCopiesRowsAndZeroesUnknownIds() {
    return overShapes((dtype, width, bench) -> {
      bench.sizes(4, 1, 1);
      Ref ids = bench.add("ids", DType.I32, SizeExpr.TOKENS);
      bench.tensor(ids).ints(4, 0, -1, 5);
      Ref table = bench.addRandom("@table", dtype, SizeExpr.of(5), SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      return bench.tests(label(dtype, width), new StepOp.Embedding(ids, table, out));
    });
  }

  @TestFactory
  Stream<DynamicTest> gatherCopiesTheChosenRows() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref rows = bench.add("rows", DType.I32, SizeExpr.LOGIT_ROWS);
      bench.tensor(rows).ints(2, 0);
      Ref out = bench.addRandom("out", dtype, SizeExpr.LOGIT_ROWS, SizeExpr.of(width));
      return bench.tests(label(dtype, width), new StepOp.GatherRows(in, rows, out));
    });
  }

  @TestFactory
  Stream<DynamicTest> rmsNormNormalizesWholeRows() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      return bench.tests(label(dtype, width), new StepOp.RmsNorm(in, weight, out, width, 1e-5f));
    });
  }

  @TestFactory
  Stream<DynamicTest> rmsNormNormalizesGroupsOfARow() {
    return overShapes((dtype, group, bench) -> {
      SizeExpr width = SizeExpr.of(3L * group);
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, width);
      Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(group));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, width);
      return bench.tests(label(dtype, group), new StepOp.RmsNorm(in, weight, out, group, 1e-6f, 1));
    });
  }

  @TestFactory
  Stream<DynamicTest> addRmsNormNormalizesTheRoundedSumAndStoresIt() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref residual = bench.addRandom("residual", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(width));
      Ref sum =
          width % 2 == 0
              ? residual
              : bench.addRandom("sum", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      return bench.tests(
          label(dtype, width),
          new StepOp.AddRmsNorm(in, residual, weight, sum, out, 1e-5f, width % 2));
    });
  }

  @TestFactory
  Stream<DynamicTest> layerNormBringsRowsToMeanZeroAndVarianceOne() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(width));
      Ref bias = bench.addRandom("@bias", dtype, SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Optional<Ref> added = width == 7 ? Optional.empty() : Optional.of(bias);
      return bench.tests(label(dtype, width), new StepOp.LayerNorm(in, weight, added, out, 1e-2f));
    });
  }

  @TestFactory
  Stream<DynamicTest> addLayerNormNormalizesTheRoundedSumAndStoresIt() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref residual = bench.addRandom("residual", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(width));
      Ref bias = bench.addRandom("@bias", dtype, SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Optional<Ref> added = width == 7 ? Optional.empty() : Optional.of(bias);
      return bench.tests(
          label(dtype, width),
          new StepOp.AddLayerNorm(in, residual, weight, added, residual, out, 1e-2f));
    });
  }

  @TestFactory
  Stream<DynamicTest> swiGluGatesTheSecondHalf() {
    return overShapes((dtype, width, bench) -> {
      Ref in = bench.addRandom("in", dtype, SizeExpr.TOKENS, SizeExpr.of(2L * width));
      bench.tensor(in).fill(bench.random, 8);
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      return bench.tests(label(dtype, width), new StepOp.SwiGlu(in, out));
    });
  }

  @TestFactory
  Stream<DynamicTest> unaryAndBinaryWorkElementByElement() {
    return overShapes((dtype, width, bench) -> {
      Ref left = bench.addRandom("left", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      bench.tensor(left).fill(bench.random, 30);
      Ref right = bench.addRandom("right", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, SizeExpr.of(width));
      Stream<StepOp> unary =
          Arrays.stream(UnaryKind.values()).map(kind -> new StepOp.Unary(kind, 7.5f, left, out));
      Ref wide = bench.addRandom("wide", DType.F32, SizeExpr.TOKENS, SizeExpr.of(width));
      StepOp widened = new StepOp.Unary(UnaryKind.SCALE, 1, left, wide);
      Stream<StepOp> binary =
          Stream.of(
              new StepOp.Binary(BinaryKind.ADD, left, right, out),
              new StepOp.Binary(BinaryKind.MULTIPLY, left, right, right));
      return Stream.concat(Stream.concat(unary, binary), Stream.of(widened))
          .flatMap(op -> bench.tests(label(dtype, width) + " " + op, op));
    });
  }
}
