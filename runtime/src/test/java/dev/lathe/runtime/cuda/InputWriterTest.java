package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.device.Batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class InputWriterTest {
  private static final int WIDTH = 3;
  private static final Sizes BUCKET = new Sizes(4, 4, 4);

  private final InputLayout layout = new InputLayout(WIDTH);
  private final MemorySegment block = Arena.ofAuto().allocate(4096, 64);

  @Test
  void inputsDoNotOverlapAndAreAligned() {
    layout.arrange(new Sizes(100, 7, 9));

    long end = 0;
    for (BatchInput input : BatchInput.values()) {
      assertThat(layout.offset(input)).isGreaterThanOrEqualTo(end);
      assertThat(layout.offset(input) % 64).isZero();
      end =
          layout.offset(input)
              + layout.elements(input, new Sizes(100, 7, 9)) * input.dtype().bytes();
    }
    assertThat(layout.bytes()).isGreaterThanOrEqualTo(end);
  }

  @Test
  void theBatchComesFirstAndThenPaddingThatStoresAndReadsNothing() {
    layout.arrange(BUCKET);

    new InputWriter(WIDTH).write(decodeBatch(), BUCKET, layout, block);

    assertThat(ints(BatchInput.TOKEN_IDS, 4)).containsExactly(11, 12, 0, 0);
    assertThat(ints(BatchInput.SLOTS, 4)).containsExactly(5, 6, -1, -1);
    assertThat(ints(BatchInput.QUERY_STARTS, 5)).containsExactly(0, 1, 2, 3, 4);
    assertThat(ints(BatchInput.CONTEXT_LENGTHS, 4)).containsExactly(8, 9, 0, 0);
    assertThat(ints(BatchInput.BLOCK_TABLES, 7)).containsExactly(1, 2, 3, 4, 5, 6, 0);
    assertThat(ints(BatchInput.TOP_K, 4)).containsExactly(40, 50, 1, 1);
    assertThat(ints(BatchInput.ADJUSTMENT_STARTS, 5)).containsExactly(0, 3, 6, 6, 6);
    assertThat(floats(BatchInput.TEMPERATURES, 4)).containsExactly(0.5f, 0.7f, 1, 1);
    assertThat(floats(BatchInput.REPETITION_PENALTIES, 4)).containsExactly(2, 3, 1, 1);
    assertThat(block.get(ValueLayout.JAVA_LONG, layout.offset(BatchInput.SEEDS) + 8)).isEqualTo(-2);
  }

  @Test
  void aSmallBatchLeavesNothingOfALargerOneBehind() {
    block.fill((byte) 0x7f);
    layout.arrange(BUCKET);
    Batch empty = new Batch();
    empty.shape(Profile.Kind.DECODE, new Sizes(0, 0, 0), 0);

    empty.ints(BatchInput.QUERY_STARTS, 1)[0] = 0;
    empty.ints(BatchInput.ADJUSTMENT_STARTS, 1)[0] = 0;
    new InputWriter(WIDTH).write(empty, BUCKET, layout, block);

    for (BatchInput input : BatchInput.values()) {
      long count = layout.elements(input, BUCKET);
      for (long i = 0; i < count; i++) {
        assertThat(block.get(ValueLayout.JAVA_BYTE, at(input, i))).isNotEqualTo((byte) 0x7f);
      }
    }
  }

  private static Batch decodeBatch() {
    Batch batch = new Batch();
    put(batch, BatchInput.TOKEN_IDS, 11, 12);
    put(batch, BatchInput.POSITIONS, 7, 8);
    put(batch, BatchInput.SLOTS, 5, 6);
    put(batch, BatchInput.QUERY_STARTS, 0, 1, 2);
    put(batch, BatchInput.CONTEXT_LENGTHS, 8, 9);
    put(batch, BatchInput.BLOCK_TABLES, 1, 2, 3, 4, 5, 6);
    put(batch, BatchInput.LOGIT_ROWS, 0, 1);
    put(batch, BatchInput.TOP_K, 40, 50);
    put(batch, BatchInput.DRAWS, 1, 2);
    put(batch, BatchInput.ADJUSTMENT_STARTS, 0, 3, 6);
    put(batch, BatchInput.TEMPERATURES, 0.5f, 0.7f);
    put(batch, BatchInput.REPETITION_PENALTIES, 2f, 3f);
    batch.longs(BatchInput.SEEDS, 2)[0] = -1;
    batch.longs(BatchInput.SEEDS, 2)[1] = -2;
    batch.shape(Profile.Kind.DECODE, new Sizes(2, 2, 2), 6);
    return batch;
  }

  private static void put(Batch batch, BatchInput input, int... values) {
    System.arraycopy(values, 0, batch.ints(input, values.length), 0, values.length);
  }

  private static void put(Batch batch, BatchInput input, float... values) {
    System.arraycopy(values, 0, batch.floats(input, values.length), 0, values.length);
  }

  private long at(BatchInput input, long index) {
    int bytes = input.dtype() == DType.I64 ? Long.BYTES : Integer.BYTES;
    return layout.offset(input) + index * bytes;
  }

  private int[] ints(BatchInput input, int count) {
    return block
        .asSlice(layout.offset(input), count * (long) Integer.BYTES)
        .toArray(ValueLayout.JAVA_INT);
  }

  private float[] floats(BatchInput input, int count) {
    return block
        .asSlice(layout.offset(input), count * (long) Float.BYTES)
        .toArray(ValueLayout.JAVA_FLOAT);
  }
}
