package dev.lathe.runtime;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.schedule.Tick;

/// Writes a tick into the flat arrays of a batch, and notes which row of logits belongs to whom.
/// Its memory is kept from tick to tick.
final class BatchBuilder {
  private final Batch batch = new Batch();
  private final int blocksPerSequence;
  private Sizes sizes = new Sizes(0, 0, 0);
  private int token;
  private int row;
  private int adjustment;
  private boolean greedy;

  BatchBuilder(int blocksPerSequence) {
    this.blocksPerSequence = blocksPerSequence;
  }

  /// The batch of a step's tick; valid until the next call.
  ///
  /// @param step gets the rows from which its sequences are sampled
  Batch build(StepInFlight step) {
    Tick<Generation> tick = step.tick();
    reserve(tick);
    batch.carried().clear();
    token = 0;
    row = 0;
    adjustment = 0;
    greedy = true;
    for (int i = 0; i < tick.size(); i++) {
      add(step, i);
    }
    batch.ints(BatchInput.QUERY_STARTS, tick.size() + 1)[tick.size()] = token;
    batch.ints(BatchInput.ADJUSTMENT_STARTS, row + 1)[row] = adjustment;
    if (sizes.tokens() != token || sizes.sequences() != tick.size() || sizes.logitRows() != row) {
      sizes = new Sizes(token, tick.size(), row);
    }
    batch.shape(tick.kind(), sizes, adjustment);
    batch.greedy(greedy && adjustment == 0 && !step.givesLogits());
    return batch;
  }

  private void reserve(Tick<Generation> tick) {
    batch.ints(BatchInput.TOKEN_IDS, tick.tokens());
    batch.ints(BatchInput.TOKEN_TYPES, tick.tokens());
    batch.ints(BatchInput.POSITIONS, tick.tokens());
    batch.ints(BatchInput.SLOTS, tick.tokens());
    batch.ints(BatchInput.BLOCK_TABLES, tick.size() * blocksPerSequence);
  }

  private void add(StepInFlight step, int index) {
    Generation sequence = step.tick().sequence(index);
    int count = step.tick().count(index);
    boolean samples = step.samples(index);
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
        step.sampledFrom(index, row);
      }
      if (sampled || sequence.wantsContextRow(position)) {
        addRow(sequence, sampled);
      }
      token++;
    }
  }

  private void addToken(Generation sequence, int position) {
    if (position < sequence.length()) {
      batch.ints(BatchInput.TOKEN_IDS, 0)[token] = sequence.token(position);
    } else {
      batch.ints(BatchInput.TOKEN_IDS, 0)[token] = 0;
      batch.carried().add(token, sequence.lastRow());
    }
    batch.ints(BatchInput.TOKEN_TYPES, 0)[token] = sequence.tokenType(position);
    batch.ints(BatchInput.POSITIONS, 0)[token] = position;
    batch.ints(BatchInput.SLOTS, 0)[token] = sequence.blocks().slot(position);
  }

  /// A row from which nothing is sampled gets the parameters that cost least.
  private void addRow(Generation sequence, boolean sampled) {
    SamplingParameters sampling = sampled ? sequence.sampling() : SamplingParameters.GREEDY;
    boolean greatest = sampling.greedy();
    greedy &= greatest;
    ints(BatchInput.LOGIT_ROWS)[row] = token;
    floats(BatchInput.TEMPERATURES)[row] = greatest ? 1 : sampling.temperature();
    ints(BatchInput.TOP_K)[row] = greatest ? 1 : sampling.topK();
    floats(BatchInput.TOP_P)[row] = sampling.topP();
    floats(BatchInput.MIN_P)[row] = sampling.minP();
    batch.longs(BatchInput.SEEDS, row + 1)[row] = sequence.seed();
    ints(BatchInput.DRAWS)[row] = sequence.expectedLength() - sequence.promptLength();
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
