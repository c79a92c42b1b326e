package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes the arrays of a batch into the block that is copied to the GPU, and pads them where the
/// sizes of the launch exceed those of the batch. A padding sequence has one token, which is stored
/// nowhere, and an empty context; its row of logits is sampled greedily and never read.
final class InputWriter {
  private static final int NO_SLOT = -1;
  private static final int GREEDY = 1;

  private final int maxBlocksPerSequence;

  InputWriter(int maxBlocksPerSequence) {
    this.maxBlocksPerSequence = maxBlocksPerSequence;
  }

  /// @param sizes of the launch, at least those of the batch; `layout` is arranged for them
  void write(Batch batch, Sizes sizes, InputLayout layout, MemorySegment to) {
    for (int i = 0; i < InputLayout.INPUTS.size(); i++) {
      BatchInput input = InputLayout.INPUTS.get(i);
      if (input.isAdjustment()) {
        continue;
      }
      int filled = batch.count(input, maxBlocksPerSequence);
      int all = Math.toIntExact(layout.elements(input, sizes));
      copy(batch, input, filled, to, layout.offset(input));
      pad(input, filled, all, batch.adjustments(), to, layout.offset(input));
    }
  }

  /// Copies the first `count` elements of an input to `offset`.
  static void copy(Batch batch, BatchInput input, int count, MemorySegment to, long offset) {
    if (input.dtype() == DType.I32) {
      MemorySegment.copy(batch.ints(input, count), 0, to, ValueLayout.JAVA_INT, offset, count);
    } else if (input.dtype() == DType.F32) {
      MemorySegment.copy(batch.floats(input, count), 0, to, ValueLayout.JAVA_FLOAT, offset, count);
    } else {
      MemorySegment.copy(batch.longs(input, count), 0, to, ValueLayout.JAVA_LONG, offset, count);
    }
  }

  private static void pad(
      BatchInput input, int from, int to, int adjustments, MemorySegment block, long offset) {
    for (int i = from; i < to; i++) {
      switch (input) {
        case SLOTS -> putInt(block, offset, i, NO_SLOT);
        case QUERY_STARTS -> putInt(block, offset, i, i);
        case TOP_K -> putInt(block, offset, i, GREEDY);
        case ADJUSTMENT_STARTS -> putInt(block, offset, i, adjustments);
        case TOKEN_IDS, TOKEN_TYPES, POSITIONS, CONTEXT_LENGTHS, BLOCK_TABLES, LOGIT_ROWS, DRAWS ->
            putInt(block, offset, i, 0);
        case TEMPERATURES, REPETITION_PENALTIES -> putFloat(block, offset, i, 1);
        case TOP_P, MIN_P, PRESENCE_PENALTIES, FREQUENCY_PENALTIES -> putFloat(block, offset, i, 0);
        case SEEDS -> block.set(ValueLayout.JAVA_LONG, offset + (long) i * Long.BYTES, 0);
        case ADJUSTMENT_TOKENS, ADJUSTMENT_COUNTS, ADJUSTMENT_BIASES ->
            throw new IllegalStateException(input + " has no padding");
      }
    }
  }

  private static void putInt(MemorySegment block, long offset, int index, int value) {
    block.set(ValueLayout.JAVA_INT, offset + (long) index * Integer.BYTES, value);
  }

  private static void putFloat(MemorySegment block, long offset, int index, float value) {
    block.set(ValueLayout.JAVA_FLOAT, offset + (long) index * Float.BYTES, value);
  }
}
