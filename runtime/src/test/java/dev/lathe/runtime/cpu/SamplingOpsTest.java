package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingOpsTest {
  private static final int DRAWS = 20_000;

  /// Shares of tokens over many draws of the same logits.
  private static double[] shares(float temperature, int topK, float topP, float minP, float... l) {
    double[] shares = new double[l.length];
    float[] logits = new float[DRAWS * l.length];
    for (int row = 0; row < DRAWS; row++) {
      System.arraycopy(l, 0, logits, row * l.length, l.length);
    }
    int[] out = sample(logits, l.length, temperature, topK, topP, minP);
    for (int token : out) {
      shares[token] += 1.0 / DRAWS;
    }
    return shares;
  }

  private static int[] sample(
      float[] logits, int columns, float temperature, int topK, float topP, float minP) {
    int rows = logits.length / columns;
    int[] out = new int[rows];
    CpuOps.run(
        new StepOp.Sample(
            Ref.buffer("logits"),
            Ref.buffer("temperature"),
            Ref.buffer("k"),
            Ref.buffer("p"),
            Ref.buffer("min"),
            Ref.buffer("seeds"),
            Ref.buffer("draws"),
            Ref.buffer("out")),
        Map.of(
            Ref.buffer("logits"), new FloatTensor(DType.F32, rows, columns, logits),
            Ref.buffer("temperature"), filled(rows, temperature),
            Ref.buffer("k"), IntTensor.vector(IntStream.generate(() -> topK).limit(rows).toArray()),
            Ref.buffer("p"), filled(rows, topP),
            Ref.buffer("min"), filled(rows, minP),
            Ref.buffer("seeds"), new LongTensor(new long[rows]),
            Ref.buffer("draws"), IntTensor.vector(IntStream.range(0, rows).toArray()),
            Ref.buffer("out"), IntTensor.vector(out)));
    return out;
  }

  private static FloatTensor filled(int count, float value) {
    float[] data = new float[count];
    Arrays.fill(data, value);
    return FloatTensor.vector(data);
  }

  private static float log(double x) {
    return (float) Math.log(x);
  }

  @Test
  void takesTheLowestIdAmongTheGreatestLogitsWhenGreedy() {
    assertThat(sample(new float[] {1, 5, 5, -0f, Float.NaN, 5}, 6, 1, 1, 0, 0)).containsExactly(1);
  }

  @Test
  void readsNanAsMinusInfinity() {
    assertThat(shares(1, 0, 0, 0, Float.NaN, 0, Float.NaN))
        .containsExactly(new double[] {0, 1, 0}, within(1e-6));
  }

  @Test
  void drawsByProbability() {
    double[] shares = shares(1, 0, 0, 0, log(0.1), log(0.2), log(0.3), log(0.4));

    assertThat(shares).containsExactly(new double[] {0.1, 0.2, 0.3, 0.4}, within(0.015));
  }

  @Test
  void dividesLogitsByTheTemperature() {
    double[] shares = shares(0.5f, 0, 0, 0, log(0.5), log(0.25), log(0.25));

    assertThat(shares).containsExactly(new double[] {4 / 6.0, 1 / 6.0, 1 / 6.0}, within(0.015));
  }

  @Test
  void keepsTheKMostLikelyAndTiesWithTheLastOfThem() {
    double[] shares = shares(1, 2, 0, 0, 0, 1, 2, 1, -0f);

    assertThat(shares[0]).isZero();
    assertThat(shares[4]).isZero();
    assertThat(shares[1]).isPositive();
    assertThat(shares[3]).isPositive();
  }

  @Test
  void keepsTheSmallestSetThatReachesTopP() {
    double[] shares = shares(1, 0, 0.65f, 0, log(0.1), log(0.2), log(0.3), log(0.4));

    assertThat(shares).containsExactly(new double[] {0, 0, 3 / 7.0, 4 / 7.0}, within(0.015));
  }

  @Test
  void takesTopPOfWhatTopKLeaves() {
    double[] shares = shares(1, 3, 0.75f, 0, log(0.1), log(0.2), log(0.3), log(0.4));

    assertThat(shares).containsExactly(new double[] {0, 0, 3 / 7.0, 4 / 7.0}, within(0.015));
  }

  @Test
  void dropsWhatIsMuchLessLikelyThanTheBest() {
    double[] shares = shares(1, 0, 0, 0.6f, log(0.1), log(0.2), log(0.3), log(0.4));

    assertThat(shares).containsExactly(new double[] {0, 0, 3 / 7.0, 4 / 7.0}, within(0.015));
  }

  @Test
  void survivesARowInWhichEverythingIsForbidden() {
    float no = Float.NEGATIVE_INFINITY;

    assertThat(sample(new float[] {no, no, no}, 3, 1, 0, 0.9f, 0)).containsExactly(0);
  }

  @Test
  void adjustsLogitsByPenaltiesThenBias() {
    FloatTensor logits = new FloatTensor(DType.F32, 2, 4, new float[] {4, -4, 4, 4, 1, 1, 1, 1});
    CpuOps.run(
        new StepOp.AdjustLogits(
            Ref.buffer("logits"),
            Ref.buffer("starts"),
            Ref.buffer("tokens"),
            Ref.buffer("counts"),
            Ref.buffer("biases"),
            Ref.buffer("repetition"),
            Ref.buffer("presence"),
            Ref.buffer("frequency")),
        Map.of(
            Ref.buffer("logits"), logits,
            Ref.buffer("starts"), IntTensor.vector(0, 3, 4),
            Ref.buffer("tokens"), IntTensor.vector(0, 1, 2, 3),
            Ref.buffer("counts"), IntTensor.vector(0, 3, -1, 1),
            Ref.buffer("biases"), FloatTensor.vector(0, 0.5f, 7, 0),
            Ref.buffer("repetition"), FloatTensor.vector(2, 1),
            Ref.buffer("presence"), FloatTensor.vector(1, 0.25f),
            Ref.buffer("frequency"), FloatTensor.vector(0.5f, 0.25f)));

    assertThat(logits.data()).containsExactly(2, -8 - 2.5f + 0.5f, 11, 4, 1, 1, 1, 0.5f);
  }
}
