package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.AdjustLogits;
import dev.lathe.engine.v1.StepOp.Sample;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SampleKernelsTest {
  private static final float NONE = Float.NEGATIVE_INFINITY;

  /// A row's parameters.
  private record Row(float temperature, int topK, float topP, float minP, long seed, int draw) {}

  private static final Row PLAIN = new Row(1, 0, 0, 0, 11, 0);

  @TestFactory
  Stream<DynamicTest> tokensAreDrawnFromWhatTheLimitsKeep() {
    Row[] rows = {
      PLAIN,
      new Row(0.7f, 1, 0, 0, 1, 3),
      new Row(0.7f, 5, 0, 0, -9, 3),
      new Row(1.3f, 0, 0.6f, 0, 77, 1),
      new Row(1, 0, 0.9999f, 0, 78, 2),
      new Row(1, 20, 0.5f, 0, Long.MIN_VALUE, 1000),
      new Row(2, 0, 0, 0.3f, 5, 5),
      new Row(0.01f, 3, 1, 0.001f, 6, 6),
      new Row(1, 100000, 1e-6f, 0, 8, 8),
      new Row(1, 0, 1e-30f, 0, 8, 8)
    };
    return fromRandomLogits(rows, 1, 1100);
  }

  /// Slices of several vectors a thread, rows that begin anywhere, and drawn points in any slice.
  @TestFactory
  Stream<DynamicTest> longRowsAreDrawnFromInSlices() {
    Row[] rows = {
      new Row(0.5f, 1, 0, 0, 1, 3), new Row(0.4f, 40, 0.8f, 0, 3, 3), new Row(0.8f, 0, 0, 0, 4, 3),
    };
    return fromRandomLogits(rows, 16390, 20481);
  }

  /// The lower id is read by a later warp than the higher one.
  @TestFactory
  Stream<DynamicTest> theLowestIdWinsWhoeverReadsIt() {
    Row[] rows = {new Row(1, 1, 0, 0, 1, 1)};
    StepBench bench = bench(20000, rows);
    Sample op = sample(bench, rows);
    bench.tensor(op.logits()).set(1608, 9);
    bench.tensor(op.logits()).set(3272, 9);
    return bench.tests("two of 20000", op);
  }

  @TestFactory
  Stream<DynamicTest> equalLogitsStayTogetherAndTheLowestIdWinsGreedily() {
    Row[] rows = {
      new Row(1, 1, 0, 0, 1, 1), new Row(1, 2, 0, 0, 3, 1), new Row(1, 0, 0.5f, 0, 4, 1),
    };
    StepBench bench = bench(64, rows);
    Sample op = sample(bench, rows);
    for (int i = 0; i < 3 * 64; i++) {
      bench.tensor(op.logits()).set(i, i % 64 % 8 < 4 ? 2 : i % 2 == 0 ? 0f : -0f);
    }
    return bench.tests("ties", op);
  }

  /// Four tokens of equal probability in two logits' worth of bits: half the mass is reached
  /// exactly by the greater ones, so none of the others may stay.
  @TestFactory
  Stream<DynamicTest> theNucleusEndsWhereItsMassIsReachedExactly() {
    Row[] rows = new Row[4];
    Arrays.setAll(rows, i -> new Row(1e30f, 0, 0.5f, 0, i, i));
    StepBench bench = bench(2, rows);
    Sample op = sample(bench, rows);
    for (int row = 0; row < rows.length; row++) {
      bench.tensor(op.logits()).set(2 * row, 1);
      bench.tensor(op.logits()).set(2 * row + 1, 2);
    }
    return bench.tests("exact half", op);
  }

  @TestFactory
  Stream<DynamicTest> rowsWithoutFiniteLogitsAndWithNaNHaveAnAnswer() {
    Row[] rows = {PLAIN, PLAIN, PLAIN, new Row(1, 2, 0.9f, 0, 5, 2), new Row(1, 3, 0, 0, 5, 2)};
    StepBench bench = bench(4, rows);
    Sample op = sample(bench, rows);
    float nan = Float.NaN;
    float infinity = Float.POSITIVE_INFINITY;
    bench
        .tensor(op.logits())
        .floats(
            NONE, NONE, NONE, NONE, //
            nan, nan, -3, NONE, //
            nan, nan, nan, nan, //
            NONE, 1, nan, NONE, //
            0, infinity, 5, infinity);
    return bench.tests("not finite", op);
  }

  private static Stream<DynamicTest> fromRandomLogits(Row[] rows, int... vocabularies) {
    return Arrays.stream(vocabularies)
        .boxed()
        .flatMap(vocabulary -> {
          StepBench bench = bench(vocabulary, rows);
          Sample op = sample(bench, rows);
          bench.tensor(op.logits()).fill(bench.random, 3);
          return bench.tests("vocabulary " + vocabulary, op);
        });
  }

  private static StepBench bench(int vocabulary, Row[] rows) {
    StepBench bench = new StepBench().target("sm_90a").sizes(rows.length, rows.length, rows.length);
    bench.add("logits", DType.F32, SizeExpr.LOGIT_ROWS, SizeExpr.of(vocabulary));
    return bench;
  }

  private static Sample sample(StepBench bench, Row[] rows) {
    Ref temperatures = bench.add("temperatures", DType.F32, SizeExpr.LOGIT_ROWS);
    Ref topK = bench.add("topK", DType.I32, SizeExpr.LOGIT_ROWS);
    Ref topP = bench.add("topP", DType.F32, SizeExpr.LOGIT_ROWS);
    Ref minP = bench.add("minP", DType.F32, SizeExpr.LOGIT_ROWS);
    Ref seeds = bench.add("seeds", DType.I64, SizeExpr.LOGIT_ROWS);
    Ref draws = bench.add("draws", DType.I32, SizeExpr.LOGIT_ROWS);
    Ref out = bench.add("out", DType.I32, SizeExpr.LOGIT_ROWS);
    for (int i = 0; i < rows.length; i++) {
      bench.tensor(temperatures).set(i, rows[i].temperature);
      bench.tensor(topK).data.putInt(4 * i, rows[i].topK);
      bench.tensor(topP).set(i, rows[i].topP);
      bench.tensor(minP).set(i, rows[i].minP);
      bench.tensor(seeds).data.putLong(8 * i, rows[i].seed);
      bench.tensor(draws).data.putInt(4 * i, rows[i].draw);
      bench.tensor(out).data.putInt(4 * i, -1);
    }
    return new Sample(new Ref("logits"), temperatures, topK, topP, minP, seeds, draws, out);
  }

  @TestFactory
  Stream<DynamicTest> penaltiesAndBiasesApplyInTheirOrder() {
    StepBench bench = new StepBench().sizes(3, 3, 3);
    Ref logits = bench.addRandom("logits", DType.F32, SizeExpr.LOGIT_ROWS, SizeExpr.of(300));
    SizeExpr adjustments = SizeExpr.of(205);
    Ref starts = bench.add("starts", DType.I32, SizeExpr.LOGIT_ROWS.plus(SizeExpr.of(1)));
    bench.tensor(starts).ints(0, 200, 200, 205);
    Ref tokens = bench.add("tokens", DType.I32, adjustments);
    Ref counts = bench.add("counts", DType.I32, adjustments);
    Ref biases = bench.addRandom("biases", DType.F32, adjustments);
    for (int i = 0; i < 205; i++) {
      bench.tensor(tokens).data.putInt(4 * i, i < 200 ? 299 - i : i);
      bench.tensor(counts).data.putInt(4 * i, i % 5 - 1);
    }
    bench.tensor(biases).set(3, NONE);
    Ref repetition = bench.add("repetition", DType.F32, SizeExpr.LOGIT_ROWS);
    Ref presence = bench.add("presence", DType.F32, SizeExpr.LOGIT_ROWS);
    Ref frequency = bench.add("frequency", DType.F32, SizeExpr.LOGIT_ROWS);
    bench.tensor(repetition).floats(1.2f, 1, 0.8f);
    bench.tensor(presence).floats(0.5f, 0, -0.25f);
    bench.tensor(frequency).floats(0.1f, 0, 0.3f);
    return bench.tests(
        "adjustments",
        new AdjustLogits(logits, starts, tokens, counts, biases, repetition, presence, frequency));
  }
}
