package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmallOpsTest {
  private static final Ref A = Ref.buffer("a");
  private static final Ref B = Ref.buffer("b");
  private static final Ref C = Ref.buffer("c");
  private static final Ref D = Ref.buffer("d");
  private static final Ref W = Ref.weight("w");

  private static FloatTensor matrix(int rows, float... data) {
    return new FloatTensor(DType.F32, rows, data.length / rows, data);
  }

  @Test
  void embeddingCopiesRowsAndGivesZerosForIdsOutsideTheTable() {
    FloatTensor out = matrix(4, 9, 9, 9, 9, 9, 9, 9, 9);

    CpuOps.run(
        new StepOp.Embedding(A, W, B),
        Map.of(A, IntTensor.vector(1, -1, 0, 2), W, matrix(2, 1, 2, 3, 4), B, out));

    assertThat(out.data()).containsExactly(3, 4, 0, 0, 1, 2, 0, 0);
  }

  @Test
  void embeddingWidensATableThatStaysInTheFile() {
    MemorySegment bfloats = MemorySegment.ofArray(new short[] {0x3F80, 0x4000, (short) 0xC040, 0});
    FloatTensor out = matrix(1, 9, 9);

    CpuOps.run(
        new StepOp.Embedding(A, W, B),
        Map.of(A, IntTensor.vector(1), W, new MappedMatrix(bfloats, DType.BF16, 2, 2), B, out));

    assertThat(out.data()).containsExactly(-3, 0);
  }

  @Test
  void rmsNormDividesGroupsByTheirRootMeanSquare() {
    FloatTensor out = new FloatTensor(DType.F32, 1, 4);

    CpuOps.run(
        new StepOp.RmsNorm(A, W, B, 2, 0),
        Map.of(A, matrix(1, 3, 4, 6, 8), W, FloatTensor.vector(1, 2), B, out));

    float root = (float) Math.sqrt(12.5);
    assertThat(out.data())
        .containsExactly(new float[] {3 / root, 8 / root, 3 / root, 8 / root}, within(1e-6f));
  }

  @Test
  void addRmsNormNormalisesTheRoundedSum() {
    FloatTensor residual = new FloatTensor(DType.BF16, 1, 2, new float[] {256, 0});
    FloatTensor out = new FloatTensor(DType.F32, 1, 2);

    CpuOps.run(
        new StepOp.AddRmsNorm(A, B, W, B, C, 0),
        Map.of(A, matrix(1, 1, 0), B, residual, W, FloatTensor.vector(1, 1), C, out));

    // 257 is no bfloat16: the nearest, half to even, is 256.
    assertThat(residual.data()).containsExactly(256, 0);
    assertThat(out.data()).containsExactly(new float[] {(float) Math.sqrt(2), 0}, within(1e-6f));
  }

  @Test
  void theOffsetOfANormIsAddedToItsWeight() {
    FloatTensor out = new FloatTensor(DType.F32, 1, 2);

    CpuOps.run(
        new StepOp.RmsNorm(A, W, B, 2, 0, 1),
        Map.of(A, matrix(1, 3, 4), W, FloatTensor.vector(0, 1), B, out));

    float root = (float) Math.sqrt(12.5);
    assertThat(out.data()).containsExactly(new float[] {3 / root, 8 / root}, within(1e-6f));
  }

  @Test
  void layerNormBringsRowsToMeanZeroAndVarianceOne() {
    FloatTensor out = new FloatTensor(DType.F32, 2, 2);
    FloatTensor plain = new FloatTensor(DType.F32, 2, 2);
    Map<Ref, HostTensor> tensors =
        Map.of(
            A,
            matrix(2, 1, 5, -2, 0),
            W,
            FloatTensor.vector(1, 3),
            C,
            FloatTensor.vector(10, 20),
            B,
            out,
            D,
            plain);

    CpuOps.run(new StepOp.LayerNorm(A, W, Optional.of(C), B, 0), tensors);
    CpuOps.run(new StepOp.LayerNorm(A, W, Optional.empty(), D, 3), tensors);

    assertThat(out.data()).containsExactly(new float[] {9, 23, 9, 23}, within(1e-5f));
    float root = (float) Math.sqrt(7);
    assertThat(plain.data())
        .containsExactly(new float[] {-2 / root, 6 / root, -0.5f, 1.5f}, within(1e-6f));
  }

  @Test
  void addLayerNormNormalisesTheRoundedSum() {
    FloatTensor residual = new FloatTensor(DType.BF16, 1, 2, new float[] {256, 0});
    FloatTensor out = new FloatTensor(DType.F32, 1, 2);

    CpuOps.run(
        new StepOp.AddLayerNorm(A, B, W, Optional.empty(), B, C, 128 * 128 * 3),
        Map.of(A, matrix(1, 1, 0), B, residual, W, FloatTensor.vector(1, 1), C, out));

    assertThat(residual.data()).containsExactly(256, 0);
    assertThat(out.data()).containsExactly(new float[] {0.5f, -0.5f}, within(1e-6f));
  }

  @Test
  void swiGluMultipliesTheActivatedFirstHalfByTheSecond() {
    FloatTensor out = new FloatTensor(DType.F32, 1, 2);

    CpuOps.run(new StepOp.SwiGlu(A, B), Map.of(A, matrix(1, 0, 1, 5, 2), B, out));

    assertThat(out.data())
        .containsExactly(new float[] {0, (float) (2 / (1 + Math.exp(-1)))}, within(1e-6f));
  }

  @Test
  void elementwiseStepsApplyTheirFunctions() {
    FloatTensor sum = new FloatTensor(DType.F32, 1, 2);
    FloatTensor product = new FloatTensor(DType.F32, 1, 2);
    FloatTensor silu = new FloatTensor(DType.F32, 1, 2);
    Map<Ref, HostTensor> tensors =
        Map.of(A, matrix(1, 2, 3), B, matrix(1, 4, -5), C, sum, D, product, W, silu);

    CpuOps.run(new StepOp.Binary(StepOp.BinaryKind.ADD, A, B, C), tensors);
    CpuOps.run(new StepOp.Binary(StepOp.BinaryKind.MULTIPLY, A, B, D), tensors);
    CpuOps.run(new StepOp.Unary(UnaryKind.SILU, A, W), tensors);

    assertThat(sum.data()).containsExactly(6, -2);
    assertThat(product.data()).containsExactly(8, -15);
    assertThat(silu.data()[0]).isCloseTo((float) (2 / (1 + Math.exp(-2))), within(1e-6f));
  }

  /// Values of the normal distribution's table: 0.8413447 below 1, 0.9986501 below 3.
  @Test
  void functionsOfOneElementAreThoseOfTheirFormulas() {
    assertThat(unary(UnaryKind.RELU, 0, -1, 0, 2)).containsExactly(0, 0, 2);
    assertThat(unary(UnaryKind.SCALE, 0.25f, -1, 0, 2)).containsExactly(-0.25f, 0, 0.5f);
    assertThat(unary(UnaryKind.GELU, 0, -3, -1, 0, 1, 3, 40))
        .containsExactly(
            new float[] {-0.0040497f, -0.1586553f, 0, 0.8413447f, 2.99595f, 40}, within(5e-7f));
    for (float x = -12; x < 12; x += 0.37f) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      assertThat(unary(UnaryKind.GELU_TANH, 0, x)[0])
          .isCloseTo((float) (x / 2 * (1 + Math.tanh(inner))), within(2e-6f));
      assertThat(unary(UnaryKind.GELU_QUICK, 0, x)[0])
          .isCloseTo((float) (x / (1 + Math.exp(-1.702 * x))), within(2e-6f));
      assertThat(unary(UnaryKind.SOFT_CAP, 3, x)[0])
          .isCloseTo((float) (3 * Math.tanh(x / 3)), within(1e-6f));
    }
  }

  private static float[] unary(UnaryKind kind, float parameter, float... values) {
    FloatTensor out = new FloatTensor(DType.F32, 1, values.length);
    CpuOps.run(new StepOp.Unary(kind, parameter, A, B), Map.of(A, matrix(1, values), B, out));
    return out.data();
  }

  @Test
  void gatherRowsPicksRows() {
    FloatTensor out = new FloatTensor(DType.F32, 2, 2);

    CpuOps.run(
        new StepOp.GatherRows(A, B, C),
        Map.of(A, matrix(3, 1, 2, 3, 4, 5, 6), B, IntTensor.vector(2, 0), C, out));

    assertThat(out.data()).containsExactly(5, 6, 1, 2);
  }

  @Test
  void roundingIsToNearestEven() {
    float[] data = {1 + 1 / 256f, 1 + 3 / 256f, Float.NaN, Float.POSITIVE_INFINITY, 65520, 3e38f};

    assertThat(Rounding.round(DType.BF16, data[0])).isEqualTo(1f);
    assertThat(Rounding.round(DType.BF16, data[1])).isEqualTo(1 + 4 / 256f);
    assertThat(Rounding.round(DType.BF16, data[2])).isNaN();
    assertThat(Rounding.round(DType.BF16, data[3])).isInfinite();
    assertThat(Rounding.round(DType.F16, data[4])).isInfinite();
    assertThat(Rounding.round(DType.F32, data[5])).isEqualTo(3e38f);
  }

  @Test
  void anOpOfAPluginIsAnErrorOfTheUser() {
    StepOp op = new StepOp.Custom("acme.topk", List.of(A), List.of(B), Map.of());

    assertThatThrownBy(() -> CpuOps.run(op, Map.of()))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("acme.topk");
  }

  @Test
  void anOperandOfTheWrongKindIsNamed() {
    assertThatThrownBy(() ->
            CpuOps.run(new StepOp.SwiGlu(A, B), Map.of(A, IntTensor.vector(1), B, matrix(1, 2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a is a IntTensor, not a FloatTensor");
  }
}
