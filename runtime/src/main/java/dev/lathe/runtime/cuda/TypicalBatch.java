package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.device.Batch;
import java.util.Arrays;

/// The batch for which a step is timed: sequences of equal length. Where each has one new token,
/// that is the last; else they are prompts, and all their tokens are new.
final class TypicalBatch {
  private final TimedStep step;
  private final int poolBlocks;
  private final int context;
  private final int sequences;
  private final int tokens;

  /// @param poolBlocks blocks that the cache has; sequences share them if they are too few
  TypicalBatch(TimedStep step, int poolBlocks) {
    this.step = step;
    this.poolBlocks = poolBlocks;
    long most = (long) step.maxBlocksPerSequence() * step.tokensPerBlock();
    Sizes max = step.max();
    if (step.batches() == Profile.Kind.DECODE) {
      this.context = (int) Math.min(step.context(), most);
      this.sequences = Math.toIntExact(Math.max(1, max.sequences()));
      this.tokens = sequences;
    } else {
      long wanted = Math.max(1, Math.ceilDiv(max.tokens(), step.context()));
      this.sequences = Math.toIntExact(Math.clamp(wanted, 1, Math.max(1, max.sequences())));
      long even = Math.max(1, Math.ceilDiv(max.tokens(), sequences));
      this.context = Math.toIntExact(Math.min(even, most));
      this.tokens = Math.toIntExact(Math.clamp(max.tokens(), 1, (long) context * sequences));
    }
  }

  /// Blocks that the sequences fill if none is shared.
  static int blocks(TimedStep step) {
    TypicalBatch batch = new TypicalBatch(step, 1);
    return Math.multiplyExact(batch.sequences, batch.blocksPerSequence());
  }

  private int blocksPerSequence() {
    return Math.ceilDiv(context, step.tokensPerBlock());
  }

  Sizes sizes() {
    return new Sizes(tokens, sequences, Math.max(1, step.max().logitRows()));
  }

  /// The batch, every input filled.
  Batch batch() {
    Batch batch = new Batch();
    Sizes sizes = sizes();
    batch.shape(step.batches(), sizes, 0);
    fillSequences(batch);
    fillTokens(batch);
    fillRows(batch, Math.toIntExact(sizes.logitRows()));
    return batch;
  }

  /// First token of a sequence; the last sequence has what is left.
  private int start(int sequence) {
    return step.batches() == Profile.Kind.DECODE
        ? sequence
        : (int) Math.min((long) sequence * context, tokens);
  }

  private void fillSequences(Batch batch) {
    int width = step.tableWidth();
    int[] starts = batch.ints(BatchInput.QUERY_STARTS, sequences + 1);
    int[] lengths = batch.ints(BatchInput.CONTEXT_LENGTHS, sequences);
    int[] tables = batch.ints(BatchInput.BLOCK_TABLES, sequences * width);
    for (int s = 0; s < sequences; s++) {
      starts[s] = start(s);
      lengths[s] = length(s);
      for (int b = 0; b < Math.ceilDiv(lengths[s], step.tokensPerBlock()); b++) {
        if (b < width) {
          tables[s * width + b] = block(s, b);
        }
      }
    }
    starts[sequences] = tokens;
  }

  private int length(int sequence) {
    return step.batches() == Profile.Kind.DECODE ? context : start(sequence + 1) - start(sequence);
  }

  /// Scattered over the pool by a stride that is prime, and so reaches every block.
  private int block(int sequence, int index) {
    long number = (long) sequence * blocksPerSequence() + index;
    return (int) (number * 7919 % poolBlocks);
  }

  private void fillTokens(Batch batch) {
    int[] ids = batch.ints(BatchInput.TOKEN_IDS, tokens);
    batch.ints(BatchInput.TOKEN_TYPES, tokens);
    int[] positions = batch.ints(BatchInput.POSITIONS, tokens);
    int[] slots = batch.ints(BatchInput.SLOTS, tokens);
    for (int s = 0; s < sequences; s++) {
      int from = start(s);
      int count = start(s + 1) - from;
      for (int i = 0; i < count; i++) {
        int position = length(s) - count + i;
        ids[from + i] = (from + i) % 97;
        positions[from + i] = position;
        int block = block(s, position / step.tokensPerBlock());
        slots[from + i] = block * step.tokensPerBlock() + position % step.tokensPerBlock();
      }
    }
  }

  private void fillRows(Batch batch, int rows) {
    int[] logitRows = batch.ints(BatchInput.LOGIT_ROWS, rows);
    for (int r = 0; r < rows; r++) {
      logitRows[r] = (int) ((long) r * tokens / rows);
    }
    Arrays.fill(batch.ints(BatchInput.TOP_K, rows), 1);
    Arrays.fill(batch.floats(BatchInput.TEMPERATURES, rows), 1);
    Arrays.fill(batch.floats(BatchInput.REPETITION_PENALTIES, rows), 1);
    batch.floats(BatchInput.TOP_P, rows);
    batch.floats(BatchInput.MIN_P, rows);
    batch.longs(BatchInput.SEEDS, rows);
    batch.ints(BatchInput.DRAWS, rows);
    batch.floats(BatchInput.PRESENCE_PENALTIES, rows);
    batch.floats(BatchInput.FREQUENCY_PENALTIES, rows);
    batch.ints(BatchInput.ADJUSTMENT_STARTS, rows + 1);
  }
}
