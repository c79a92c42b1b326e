package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.runtime.plugin.CpuOperations;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTest {
  private static final Ref IN = Ref.buffer("in");
  private static final Ref OUT = Ref.buffer("out");
  private static final Ref WEIGHT = Ref.weight("w");
  private static final Ref BIAS = Ref.weight("b");
  private static final Ref RESIDUAL = Ref.buffer("r");

  private final RandomTensors random = new RandomTensors(11);

  private static float[] product(FloatTensor in, FloatTensor weight) {
    float[] out = new float[in.rows() * weight.rows()];
    for (int row = 0; row < in.rows(); row++) {
      for (int n = 0; n < weight.rows(); n++) {
        double sum = 0;
        for (int k = 0; k < in.columns(); k++) {
          sum += (double) in.data()[row * in.columns() + k] * weight.data()[n * in.columns() + k];
        }
        out[row * weight.rows() + n] = (float) sum;
      }
    }
    return out;
  }

  private static StepOp.Linear plain(Activation activation) {
    return new StepOp.Linear(IN, WEIGHT, Optional.empty(), activation, Optional.empty(), OUT);
  }

  @ParameterizedTest
  @CsvSource({"1,4,4", "3,7,5", "4,64,256", "5,257,300", "33,300,513", "70,19,1"})
  void multipliesByTheTransposedWeight(int rows, int inputs, int outputs) {
    FloatTensor in = random.floats(rows, inputs);
    FloatTensor weight = random.floats(outputs, inputs);
    FloatTensor out = new FloatTensor(DType.F32, rows, outputs);

    CpuOps.run(plain(Activation.NONE), Map.of(IN, in, WEIGHT, weight, OUT, out));

    assertThat(out.data()).containsExactly(product(in, weight), within(1e-4f));
  }

  @Test
  void addsTheBiasBeforeTheActivationAndTheResidualAfterTheScale() {
    FloatTensor in = random.floats(6, 32);
    FloatTensor weight = random.floats(48, 32);
    FloatTensor bias = random.floats(1, 48);
    FloatTensor residual = random.floats(6, 48);
    float[] expected = product(in, weight);
    for (int i = 0; i < expected.length; i++) {
      double x = expected[i] + bias.data()[i % 48];
      expected[i] = (float) (0.5 * x / (1 + Math.exp(-x)) + residual.data()[i]);
    }
    StepOp.Linear step =
        new StepOp.Linear(
            IN, WEIGHT, Optional.of(BIAS), Activation.SILU, 0.5f, Optional.of(RESIDUAL), RESIDUAL);

    CpuOps.run(step, Map.of(IN, in, WEIGHT, weight, BIAS, bias, RESIDUAL, residual));

    assertThat(residual.data()).containsExactly(expected, within(1e-4f));
  }

  @Test
  void combinesInterleavedBlocksOfGateAndUp() {
    FloatTensor in = random.floats(5, 16);
    FloatTensor weight = random.floats(544, 16);
    FloatTensor residual = random.floats(5, 272);
    float[] both = product(in, weight);
    float[] expected = new float[5 * 272];
    for (int i = 0; i < expected.length; i++) {
      int column = i % 272;
      int gateAt = i / 272 * 544 + column / 8 * 16 + column % 8;
      double gate = both[gateAt];
      expected[i] = (float) (gate / (1 + Math.exp(-gate)) * both[gateAt + 8] + residual.data()[i]);
    }
    FloatTensor out = new FloatTensor(DType.F32, 5, 272);
    StepOp.Linear step =
        new StepOp.Linear(
            IN,
            WEIGHT,
            Optional.empty(),
            Activation.SWIGLU_INTERLEAVED,
            Optional.of(RESIDUAL),
            OUT);

    CpuOps.run(step, Map.of(IN, in, WEIGHT, weight, RESIDUAL, residual, OUT, out));

    assertThat(out.data()).containsExactly(expected, within(1e-4f));
  }

  @Test
  void givesARowTheSameBitsWhateverTheBatchAndTheThreads() {
    FloatTensor in = random.floats(71, 259);
    FloatTensor weight = random.floats(515, 259);
    FloatTensor out = new FloatTensor(DType.F32, 71, 515);
    run(in, weight, out, 3);

    for (int row = 0; row < 71; row++) {
      float[] one = Arrays.copyOfRange(in.data(), row * 259, (row + 1) * 259);
      FloatTensor alone = new FloatTensor(DType.F32, 1, 515);
      run(new FloatTensor(DType.F32, 1, 259, one), weight, alone, 1);
      assertThat(alone.data())
          .isEqualTo(Arrays.copyOfRange(out.data(), row * 515, row * 515 + 515));
    }
  }

  private static void run(FloatTensor in, FloatTensor weight, FloatTensor out, int threads) {
    try (Workers workers = new Workers(threads)) {
      Map<Ref, HostTensor> tensors = new HashMap<>(Map.of(IN, in, OUT, out));
      PackedMatrix packed = PackedMatrix.pack(weight, workers);
      Operands operands =
          new Operands() {
            @Override
            HostTensor tensor(Ref ref) {
              return Objects.requireNonNull(tensors.get(ref));
            }

            @Override
            List<PackedMatrix> packedExperts(Ref ref, int inputs) {
              throw new IllegalStateException("no experts");
            }

            @Override
            PackedMatrix packed(Ref ref) {
              return packed;
            }
          };
      new CpuOps(workers, CpuOperations.NONE).run(plain(Activation.NONE), operands);
    }
  }

  @Test
  void roundsResultsToTheTypeOfTheirBuffer() {
    FloatTensor in = random.floats(2, 32);
    FloatTensor weight = random.floats(16, 32);
    FloatTensor exact = new FloatTensor(DType.F32, 2, 16);
    FloatTensor rounded = new FloatTensor(DType.BF16, 2, 16);

    CpuOps.run(plain(Activation.NONE), Map.of(IN, in, WEIGHT, weight, OUT, exact));
    CpuOps.run(plain(Activation.NONE), Map.of(IN, in, WEIGHT, weight, OUT, rounded));

    for (int i = 0; i < 32; i++) {
      assertThat(Float.floatToIntBits(rounded.data()[i]) & 0xFFFF).isZero();
      assertThat(Math.abs(rounded.data()[i] - exact.data()[i]))
          .isLessThanOrEqualTo(Math.abs(exact.data()[i]) / 256);
    }
  }

  @Test
  void doesNothingForABatchWithoutRows() {
    FloatTensor out = new FloatTensor(DType.F32, 0, 8);

    CpuOps.run(
        plain(Activation.NONE),
        Map.of(IN, random.floats(0, 4), WEIGHT, random.floats(8, 4), OUT, out));

    assertThat(out.data()).isEmpty();
  }

  @Test
  void refusesAWeightOfAnotherWidth() {
    Map<Ref, HostTensor> tensors =
        Map.of(
            IN,
            random.floats(1, 4),
            WEIGHT,
            random.floats(8, 5),
            OUT,
            new FloatTensor(DType.F32, 1, 8));

    assertThatThrownBy(() -> CpuOps.run(plain(Activation.NONE), tensors))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("@w takes 5 inputs");
  }

  @ParameterizedTest
  @CsvSource({"1,4,4", "5,257,300", "33,30,513"})
  void theArgmaxIsTheLowestColumnOfTheGreatest(int rows, int inputs, int outputs) {
    FloatTensor in = random.floats(rows, inputs);
    FloatTensor weight = random.floats(outputs, inputs);
    // The last column equals the second, and the third is no number.
    System.arraycopy(weight.data(), inputs, weight.data(), (outputs - 1) * inputs, inputs);
    Arrays.fill(weight.data(), 2 * inputs, 3 * inputs, Float.NaN);
    IntTensor out = IntTensor.vector(new int[rows]);

    CpuOps.run(
        new StepOp.LinearArgmax(IN, WEIGHT, Optional.empty(), 2, OUT),
        Map.of(IN, in, WEIGHT, weight, OUT, out));

    float[] products = product(in, weight);
    for (int row = 0; row < rows; row++) {
      int best = 0;
      for (int n = 1; n < outputs; n++) {
        boolean greater = products[row * outputs + n] > products[row * outputs + best] + 1e-4f;
        best = greater ? n : best;
      }
      assertThat(out.data()[row]).as("row %d", row).isEqualTo(best);
    }
  }
}
