package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Buffer.KvPart;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.Rotary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RopeKvAppendTest {
  private static final Heads HEADS = new Heads(2, 1, 4);
  private static final Ref TABLE = Ref.weight("rope");
  private static final Ref NORM = Ref.weight("norm");
  private static final Ref WIDE_NORM = Ref.weight("wide");

  private final KvTensor keys = new KvTensor(KvPart.KEYS, DType.F32, 2, 1, 4, 4);
  private final KvTensor values = new KvTensor(KvPart.VALUES, DType.F32, 2, 1, 4, 4);

  /// Position 0 does not turn; position 1 turns the first pair by 90 degrees, the second by 180.
  private FloatTensor table =
      new FloatTensor(DType.F32, 2, 4, new float[] {1, 1, 0, 0, 0, -1, 1, 0});

  private final FloatTensor query = new FloatTensor(DType.F32, 2, 8);

  private void run(Optional<Rotary> rotary, Optional<Ref> norm, FloatTensor qkv, int... slots) {
    run(rotary, norm, norm, 0, qkv, slots);
  }

  private void run(
      Optional<Rotary> rotary,
      Optional<Ref> queryNorm,
      Optional<Ref> keyNorm,
      float weightOffset,
      FloatTensor qkv,
      int... slots) {
    Map<Ref, HostTensor> tensors = new HashMap<>();
    tensors.put(TABLE, table);
    tensors.put(NORM, FloatTensor.vector(1, 2, 3, 4));
    tensors.put(WIDE_NORM, FloatTensor.vector(1, 2, 3, 4, 5, 6, 7, 8));
    tensors.put(Ref.buffer("qkv"), qkv);
    tensors.put(Ref.buffer("positions"), IntTensor.vector(0, 1));
    tensors.put(Ref.buffer("slots"), IntTensor.vector(slots));
    tensors.put(Ref.buffer("k"), keys);
    tensors.put(Ref.buffer("v"), values);
    tensors.put(Ref.buffer("q"), query);
    CpuOps.run(
        new StepOp.RopeKvAppend(
            Ref.buffer("qkv"),
            Ref.buffer("positions"),
            Ref.buffer("slots"),
            queryNorm,
            keyNorm,
            0f,
            weightOffset,
            rotary,
            Ref.buffer("k"),
            Ref.buffer("v"),
            HEADS,
            Ref.buffer("q")),
        tensors);
  }

  private static FloatTensor counting() {
    float[] data = new float[32];
    for (int i = 0; i < 32; i++) {
      data[i] = i;
    }
    return new FloatTensor(DType.F32, 2, 16, data);
  }

  @Test
  void pairsElementsHalfTheRotaryWidthApart() {
    run(Optional.of(new Rotary(TABLE, 4, false)), Optional.empty(), counting(), 3, 4);

    assertThat(query.data())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, -18, -17, 16, -19, -22, -21, 20, -23);
    assertThat(Arrays.copyOfRange(keys.toArray(), 12, 20))
        .containsExactly(8, 9, 10, 11, -26, -25, 24, -27);
    assertThat(Arrays.copyOfRange(values.toArray(), 12, 20))
        .containsExactly(12, 13, 14, 15, 28, 29, 30, 31);
  }

  @Test
  void pairsNeighboursWhenInterleaved() {
    run(Optional.of(new Rotary(TABLE, 4, true)), Optional.empty(), counting(), 3, 4);

    assertThat(Arrays.copyOfRange(query.data(), 8, 12)).containsExactly(-17, 16, -18, -19);
  }

  @Test
  void leavesElementsPastTheRotaryWidth() {
    table = new FloatTensor(DType.F32, 2, 2, new float[] {1, 0, 0, 1});

    run(Optional.of(new Rotary(TABLE, 2, false)), Optional.empty(), counting(), 0, 1);

    assertThat(query.data())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, -17, 16, 18, 19, -21, 20, 22, 23);
  }

  @Test
  void storesNothingForPadding() {
    run(Optional.empty(), Optional.empty(), counting(), -1, 7);

    assertThat(Arrays.copyOfRange(keys.toArray(), 0, 28)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(keys.toArray(), 28, 32)).containsExactly(24, 25, 26, 27);
  }

  @Test
  void normalisesHeadsOfQueryAndKeyButNotValues() {
    run(Optional.empty(), Optional.of(NORM), counting(), 0, 1);

    double rootMeanSquare = Math.sqrt((64 + 81 + 100 + 121) / 4.0);
    assertThat(keys.toArray()[1]).isCloseTo((float) (9 * 2 / rootMeanSquare), within(1e-6f));
    assertThat(values.toArray()[1]).isEqualTo(13f);
    assertThat(query.data()[3]).isCloseTo((float) (3 * 4 / Math.sqrt(14 / 4.0)), within(1e-6f));
  }

  @Test
  void normalisesAllHeadsAtOnceWhereTheWeightHasAnElementForEachColumn() {
    run(Optional.empty(), Optional.of(WIDE_NORM), Optional.empty(), 1, counting(), 0, 1);

    double rootMeanSquare = Math.sqrt((1 + 4 + 9 + 16 + 25 + 36 + 49) / 8.0);
    assertThat(query.data()[3]).isCloseTo((float) (3 * (1 + 4) / rootMeanSquare), within(1e-6f));
    assertThat(query.data()[7]).isCloseTo((float) (7 * (1 + 8) / rootMeanSquare), within(1e-6f));
    assertThat(keys.toArray()[1]).isEqualTo(9f);
  }
}
