package dev.lathe.frontend.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.TensorSource.SourceTensor;
import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.ir.Heads;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.MatrixOp.Linear;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.TensorLookup;
import dev.lathe.ir.Value;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergedProjectionTest {
  /// Two KV heads, each with three query heads, of two elements: 20 rows.
  private static final Heads HEADS = new Heads(6, 2, 2);

  private static final float[] SORTED = {
    0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 6, 7, 16, 17, 8, 9, 18, 19
  };

  /// Rows are numbered; columns count tenths.
  private static SourceTensor tensor(String name) {
    int columns = name.endsWith("bias") ? 1 : 2;
    ByteBuffer bytes = ByteBuffer.allocate(20 * columns * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 20 * columns; i++) {
      int row = i / columns;
      bytes.putFloat(row + 0.1f * (i % columns));
    }
    List<Long> shape = columns == 1 ? List.of(20L) : List.of(20L, 2L);
    return new SourceTensor(DType.F32, shape, MemorySegment.ofArray(bytes.array()));
  }

  private static TensorLookup lookup() {
    return name -> {
      if (name.equals("table")) {
        return Optional.of(new TensorLookup.Found(DType.F32, List.of(5L, 2L)));
      }
      SourceTensor tensor = tensor(name);
      return Optional.of(new TensorLookup.Found(tensor.dtype(), tensor.shape()));
    };
  }

  private static float[] values(Value weight) {
    byte[] bytes =
        new WeightEvaluator(MergedProjectionTest::tensor)
            .bytes(((LeafOp.Weight) weight.def()).source());
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Test
  void rowsOfEachKeyValueHeadAreSortedIntoQueriesKeysAndValues() {
    ModelBuilder model = ModelBuilder.fromCheckpoint(DType.F32, lookup());
    Value in = model.embedding("embedding", "table", 5, 2);

    Value query = MergedProjection.byKeyValueHead(model, in, "qkv", HEADS, true).query();
    Linear qkv = (Linear) ((SliceColumns) query.def()).in().def();

    assertThat(values(qkv.bias().orElseThrow())).containsExactly(SORTED);
    float[] weight = values(qkv.weight());
    for (int row = 0; row < 20; row++) {
      assertThat(weight[2 * row]).isEqualTo(SORTED[row]);
      assertThat(weight[2 * row + 1]).isEqualTo(SORTED[row] + 0.1f);
    }
  }
}
