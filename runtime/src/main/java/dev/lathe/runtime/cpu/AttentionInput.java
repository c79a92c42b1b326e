package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.Optional;

/// One attention step with its operands.
final class AttentionInput {
  private final FloatTensor query;
  private final KvTensor keys;
  private final KvTensor values;
  private final IntTensor queryStarts;
  private final IntTensor contextLengths;
  private final IntTensor blockTables;
  private final Heads heads;
  private final float scale;
  private final float softCap;
  private final Optional<float[]> slopes;
  private final int window;
  private final boolean causal;
  private final FloatTensor out;

  AttentionInput(StepOp.PagedAttention step, Operands operands) {
    query = operands.floats(step.query());
    keys = operands.cache(step.keyCache());
    values = operands.cache(step.valueCache());
    queryStarts = operands.ints(step.queryStarts());
    contextLengths = operands.ints(step.contextLengths());
    blockTables = operands.ints(step.blockTables());
    heads = step.heads();
    scale = step.scale();
    softCap = step.softCap();
    slopes = step.slopes().map(ref -> operands.floats(ref).data());
    window = step.window();
    causal = step.causal();
    out = operands.floats(step.out());
  }

  int sequences() {
    return contextLengths.rows();
  }

  /// New tokens of a sequence.
  int tokens(int sequence) {
    return queryStarts.data()[sequence + 1] - queryStarts.data()[sequence];
  }

  /// Tokens of a sequence in the cache, new ones included.
  int length(int sequence) {
    return contextLengths.data()[sequence];
  }

  /// Row in T of a sequence's first new token.
  int firstRow(int sequence) {
    return queryStarts.data()[sequence];
  }

  /// Position of a sequence's first new token.
  int firstPosition(int sequence) {
    return length(sequence) - tokens(sequence);
  }

  /// First key that a query at the position sees.
  int firstKey(int position) {
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }

  /// One past the last key that a query of the sequence at the position sees.
  int endKey(int sequence, int position) {
    return causal ? position + 1 : length(sequence);
  }

  int block(int sequence, int index) {
    return blockTables.data()[sequence * blockTables.columns() + index];
  }

  int queryColumns() {
    return query.columns();
  }

  FloatTensor query() {
    return query;
  }

  KvTensor keys() {
    return keys;
  }

  KvTensor values() {
    return values;
  }

  Heads heads() {
    return heads;
  }

  float scale() {
    return scale;
  }

  /// Bound of the scores; 0: none.
  float softCap() {
    return softCap;
  }

  /// What a score gains with each position from the query to the key; 0 for heads without slopes.
  float slope(int head) {
    return slopes.isPresent() ? slopes.get()[head] : 0;
  }

  FloatTensor out() {
    return out;
  }
}
