package dev.lathe.runtime;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.schedule.Tick;
import java.util.Arrays;

/// Writes a tick into the flat arrays of a batch, and remembers which row of logits belongs to
/// whom. Its memory is kept from tick to tick.
final class BatchBuilder {
  private final Batch batch = new Batch();
  private final int blocksPerSequence;
  private int[] sampleRows = new int[16];
  private Sizes sizes = new Sizes(0, 0, 0);
  private int token;
  private int row;
  private int adjustment;

  BatchBuilder(int blocksPerSequence) {
    this.blocksPerSequence = blocksPerSequence;
  }

  /// The batch of a tick; valid until the next call.
  Batch build(Tick<Generation> tick) {
    reserve(tick);
    token = 0;
    row = 0;
    adjustment = 0;
    for (int i = 0; i < tick.size(); i++) {
      add(tick.sequence(i), tick.count(i), tick.samples(i), i);
    }
    batch.ints(BatchInput.QUERY_STARTS, tick.size() + 1)[tick.size()] = token;
    batch.ints(BatchInput.ADJUSTMENT_STARTS, row + 1)[row] = adjustment;
    if (sizes.tokens() != token || sizes.sequences() != tick.size() || sizes.logitRows() != row) {
      sizes = new Sizes(token, tick.size(), row);
    }
    batch.shape(tick.kind(), sizes, adjustment);
    return batch;
  }

  /// Row of logits from which a sequence of the tick is sampled.
  int sampleRow(int index) {
    return sampleRows[index];
  }

  private void reserve(Tick<Generation> tick) {
    batch.ints(BatchInput.TOKEN_IDS, tick.tokens());
    batch.ints(BatchInput.POSITIONS, tick.tokens());
    batch.ints(BatchInput.SLOTS, tick.tokens());
    batch.ints(BatchInput.BLOCK_TABLES, tick.size() * blocksPerSequence);
    if (sampleRows.length < tick.size()) {
      sampleRows = Arrays.copyOf(sampleRows, 2 * tick.size());
    }
  }

  private void add(Generation sequence, int count, boolean samples, int index) {
    batch.ints(BatchInput.QUERY_STARTS, index + 1)[index] = token;
    batch.ints(BatchInput.CONTEXT_LENGTHS, index + 1)[index] = sequence.computed() + count;
    int[] table = batch.ints(BatchInput.BLOCK_TABLES, 0);
    for (int i = 0; i < sequence.blocks().count(); i++) {
      table[index * blocksPerSequence + i] = sequence.blocks().block(i);
    }
    int last = sequence.computed() + count - 1;
    for (int position = sequence.computed(); position <= last; position++) {
      addToken(sequence, position);
      boolean sampled = samples && position == last;
      if (sampled) {
        sampleRows[index] = row;
      }
      if (sampled || sequence.wantsContextRow(position)) {
        addRow(sequence, sampled);
      }
      token++;
    }
  }

  private void addToken(Generation sequence, int position) {
    batch.ints(BatchInput.TOKEN_IDS, 0)[token] = sequence.token(position);
    batch.ints(BatchInput.POSITIONS, 0)[token] = position;
    batch.ints(BatchInput.SLOTS, 0)[token] = sequence.blocks().slot(position);
  }

  /// A row from which nothing is sampled gets the parameters that cost least.
  private void addRow(Generation sequence, boolean sampled) {
    SamplingParameters sampling = sampled ? sequence.sampling() : SamplingParameters.GREEDY;
    boolean greedy = sampling.greedy();
    ints(BatchInput.LOGIT_ROWS)[row] = token;
    floats(BatchInput.TEMPERATURES)[row] = greedy ? 1 : sampling.temperature();
    ints(BatchInput.TOP_K)[row] = greedy ? 1 : sampling.topK();
    floats(BatchInput.TOP_P)[row] = sampling.topP();
    floats(BatchInput.MIN_P)[row] = sampling.minP();
    batch.longs(BatchInput.SEEDS, row + 1)[row] = sequence.seed();
    ints(BatchInput.DRAWS)[row] = sequence.outputLength();
    floats(BatchInput.REPETITION_PENALTIES)[row] = sampling.repetitionPenalty();
    floats(BatchInput.PRESENCE_PENALTIES)[row] = sampling.presencePenalty();
    floats(BatchInput.FREQUENCY_PENALTIES)[row] = sampling.frequencyPenalty();
    ints(BatchInput.ADJUSTMENT_STARTS)[row] = adjustment;
    if (sampled && sequence.adjustments().isPresent()) {
      adjustment = sequence.adjustments().get().write(sequence, batch, adjustment);
    }
    row++;
  }

  private int[] ints(BatchInput input) {
    return batch.ints(input, row + 1);
  }

  private float[] floats(BatchInput input) {
    return batch.floats(input, row + 1);
  }
}
