package dev.lathe.frontend.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.TensorSource.SourceTensor;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.ExpertSpec;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.MoeOp.Experts;
import dev.lathe.ir.TensorLookup;
import dev.lathe.ir.Value;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpertLayerTest {
  private static final int EXPERTS = 3;
  private static final int WIDTH = 16;
  private static final int COLUMNS = 4;
  private static final int UP = 100_000;
  private static final int EXPERT = 1000;

  /// In matrices of each expert, element (row, column) of a gate is `1000 e + 10 row + column`,
  /// that of an up 100000 more; stacked ones hold the same.
  private static SourceTensor tensor(String name) {
    return switch (name) {
      case "table" -> of(5, COLUMNS);
      case "moe.gate.weight" -> of(EXPERTS, COLUMNS);
      case "moe.experts.gate_up_proj" -> stacked(2 * WIDTH, COLUMNS);
      case "moe.experts.down_proj" -> stacked(COLUMNS, WIDTH);
      default -> {
        int expert = name.charAt("moe.experts.".length()) - '0';
        boolean isDown = name.contains("w2");
        float first = expert * EXPERT + (name.contains("w3") ? UP : 0);
        yield matrix(first, isDown ? COLUMNS : WIDTH, isDown ? WIDTH : COLUMNS);
      }
    };
  }

  private static SourceTensor of(int rows, int columns) {
    return matrix(0, rows, columns);
  }

  private static SourceTensor matrix(float first, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + 10 * (i / columns) + i % columns;
    }
    return tensor(values, List.of((long) rows, (long) columns));
  }

  private static SourceTensor stacked(int rows, int columns) {
    float[] values = new float[EXPERTS * rows * columns];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns % rows;
      boolean isUp = row >= WIDTH;
      int expert = i / columns / rows;
      values[i] = expert * EXPERT + (isUp ? UP : 0) + 10 * (row % WIDTH) + i % columns;
    }
    return tensor(values, List.of((long) EXPERTS, (long) rows, (long) columns));
  }

  private static SourceTensor tensor(float[] values, List<Long> shape) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new SourceTensor(DType.F32, shape, MemorySegment.ofArray(bytes.array()));
  }

  private static Experts layer(boolean stacked) {
    ModelBuilder model =
        ModelBuilder.fromCheckpoint(
            DType.F32,
            name ->
                name.endsWith("_proj") && !stacked
                    ? Optional.empty()
                    : Optional.of(new TensorLookup.Found(DType.F32, tensor(name).shape())));
    Value in = model.embedding("embedding", "table", 5, COLUMNS);
    ExpertSpec spec = new ExpertSpec(2, true, ActivationFunction.SILU);
    ExpertLayer.Names names = new ExpertLayer.Names("w1", "w3", "w2");
    Value out = new ExpertLayer(EXPERTS, WIDTH, spec, names, false).define(model, "moe", in);
    return (Experts) out.def();
  }

  private static float[] values(Value weight) {
    byte[] bytes =
        new WeightEvaluator(ExpertLayerTest::tensor).bytes(((LeafOp.Weight) weight.def()).source());
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Test
  void rowsOfGateAndUpOfEachExpertTakeTurnsInBlocksOfEight() {
    float[] gateUp = values(layer(false).gateUp());

    assertThat(gateUp).hasSize(EXPERTS * 2 * WIDTH * COLUMNS);
    for (int i = 0; i < gateUp.length; i++) {
      int row = i / COLUMNS % (2 * WIDTH);
      int expert = i / COLUMNS / (2 * WIDTH);
      int own = row / 16 * 8 + row % 8;
      int up = row % 16 < 8 ? 0 : UP;
      assertThat(gateUp[i]).isEqualTo(expert * EXPERT + up + 10 * own + i % COLUMNS);
    }
  }

  @Test
  void matricesOfExpertsLieOneBehindTheOther() {
    float[] down = values(layer(false).down());

    assertThat(down).hasSize(EXPERTS * COLUMNS * WIDTH);
    assertThat(down[WIDTH * COLUMNS]).isEqualTo(EXPERT);
    assertThat(down[2 * WIDTH * COLUMNS + WIDTH + 3]).isEqualTo(2 * EXPERT + 13);
  }

  @Test
  void stackedTensorsGiveTheSameWeights() {
    assertThat(values(layer(true).gateUp())).containsExactly(values(layer(false).gateUp()));
    assertThat(values(layer(true).down())).containsExactly(values(layer(false).down()));
  }
}
