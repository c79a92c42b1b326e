package dev.lathe.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WeightEvaluatorTest {
  private static final TensorSource EMPTY =
      name -> {
        throw new NoSuchElementException(name);
      };

  @Test
  void randomExpressionsMeanWhatTheNaiveDefinitionSays() throws IOException {
    for (int seed = 0; seed < 400; seed++) {
      RandomWeights weights = new RandomWeights(seed);
      WeightExpr expr = weights.any(4);
      WeightEvaluator evaluator = new WeightEvaluator(weights, 64);
      DType dtype = evaluator.type(expr).dtype();
      String about = "seed " + seed + ": " + WeightText.of(expr);
      byte[] bytes = evaluator.bytes(expr);
      assertThat(values(dtype, bytes)).as(about).isEqualTo(new NaiveWeights(weights).values(expr));
      assertThat(streamed(evaluator, expr)).as(about).isEqualTo(bytes);
    }
  }

  private static List<Double> values(DType dtype, byte[] bytes) {
    MemorySegment data = MemorySegment.ofArray(bytes);
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < bytes.length / dtype.bytes(); i++) {
      values.add(NaiveWeights.element(dtype, data, i));
    }
    return values;
  }

  private static byte[] streamed(WeightEvaluator evaluator, WeightExpr expr) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    evaluator.evaluate(
        expr, chunk -> out.write(chunk.array(), chunk.arrayOffset(), chunk.remaining()));
    return out.toByteArray();
  }

  @Test
  void everyRangeOfElementsIsTheSameAsInTheWhole() throws IOException {
    WeightExpr expr =
        new WeightExpr.Transpose(new WeightExpr.Random(7, DType.BF16, List.of(33L, 77L), 0, 1));
    for (int chunk = 8; chunk < 400; chunk += 8) {
      assertThat(streamed(new WeightEvaluator(EMPTY, chunk), expr))
          .as("chunks of %d bytes", chunk)
          .isEqualTo(new WeightEvaluator(EMPTY).bytes(expr));
    }
  }

  @Test
  void castsRoundOnceAndToEven() {
    double[] hard = {
      0.0,
      -0.0,
      1 + 0x1p-8,
      1 + 0x1p-8 + 0x1p-40,
      1 + 3 * 0x1p-8,
      65519.999999,
      65520,
      0x1p-24,
      0x1p-25,
      0x1p-25 + 0x1p-60,
      0x1p-133,
      0x1p-134,
      0x1.fffffffp127,
      1e300,
      -1e300,
      1e-300,
      1 + 0x1p-11,
      1 + 0x1p-11 + 0x1p-50,
      Double.POSITIVE_INFINITY,
      Double.NaN,
      Float.MAX_VALUE
    };
    TensorSource source = doubles(hard);
    for (DType to : List.of(DType.F32, DType.F16, DType.BF16, DType.F64)) {
      WeightExpr cast = new WeightExpr.Cast(new WeightExpr.Tensor("t"), to);
      assertThat(values(to, new WeightEvaluator(source).bytes(cast)))
          .as("%s", to)
          .isEqualTo(
              DoubleStream.of(hard).mapToObj(value -> NaiveWeights.round(value, to)).toList());
    }
  }

  private static TensorSource doubles(double[] values) {
    byte[] bytes = new byte[values.length * Double.BYTES];
    MemorySegment.ofArray(bytes).copyFrom(MemorySegment.ofArray(values));
    return _ ->
        new TensorSource.SourceTensor(
            DType.F64, List.of((long) values.length), MemorySegment.ofArray(bytes));
  }

  @Test
  void bfloat16RoundsEveryHalfwayCase() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      for (int low : new int[] {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF}) {
        float value = Float.intBitsToFloat(bits << 16 | low);
        float rounded = FloatRounding.fromBfloat16(FloatRounding.toBfloat16(value));
        assertThat(Double.valueOf(rounded))
            .isEqualTo(Double.valueOf(NaiveWeights.round(value, DType.BF16)));
      }
    }
  }

  @Test
  void randomNumbersAreNearlyNormal() {
    int count = 1 << 20;
    float[] values = new float[count];
    new NormalNumbers(5, 0.5, 2).fill(0, values, count);
    double mean = IntStream.range(0, count).mapToDouble(i -> values[i]).average().orElseThrow();
    double variance = moment(values, mean, 2);
    assertThat(mean).isBetween(0.49, 0.51);
    assertThat(Math.sqrt(variance)).isBetween(1.99, 2.01);
    assertThat(moment(values, mean, 4) / (variance * variance)).isBetween(2.8, 2.9);
    double neighbours =
        IntStream.range(1, count)
            .mapToDouble(i -> (values[i] - mean) * (values[i - 1] - mean))
            .average()
            .orElseThrow();
    assertThat(neighbours / variance).isBetween(-0.005, 0.005);
  }

  private static double moment(float[] values, double mean, int power) {
    return IntStream.range(0, values.length)
        .mapToDouble(i -> Math.pow(values[i] - mean, power))
        .average()
        .orElseThrow();
  }

  @Test
  void otherSeedsGiveOtherNumbers() {
    float[] first = new float[100];
    float[] second = new float[100];
    new NormalNumbers(1, 0, 1).fill(0, first, 100);
    new NormalNumbers(2, 0, 1).fill(0, second, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(first).doesNotContain(second[i]);
    }
  }

  @Test
  void rotaryTablesHoldCosinesThenSines() {
    WeightExpr table = new WeightExpr.RotaryTable(50, List.of(1.0, 0.1, 0.001), 1.5);
    assertThat(values(DType.F32, new WeightEvaluator(EMPTY).bytes(table)))
        .hasSize(300)
        .isEqualTo(new NaiveWeights(EMPTY).values(table));
  }
}
