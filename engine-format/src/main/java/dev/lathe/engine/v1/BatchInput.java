package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;

/// What the scheduler hands to a step, one flat array each. T tokens, S sequences, R logit rows.
/// Tokens of one sequence are neighbours, in the order of their positions.
public enum BatchInput {
  /// `(T)` vocabulary ids.
  TOKEN_IDS(DType.I32),
  /// `(T)` kind of each token, of an encoder that has embeddings of kinds; 0 elsewhere.
  TOKEN_TYPES(DType.I32),
  /// `(T)` position of each token in its sequence, from 0.
  POSITIONS(DType.I32),
  /// `(T)` place in the KV pool: block * tokensPerBlock + offset; -1 for padding: nothing is
  /// stored.
  SLOTS(DType.I32),
  /// `(S + 1)` first row of each sequence, then T. Padding of a
  /// decode batch is a sequence of one row with context 0.
  QUERY_STARTS(DType.I32),
  /// `(S)` tokens of each sequence in the KV cache, those of this step included; 0 for padding.
  CONTEXT_LENGTHS(DType.I32),
  /// `(S, maxBlocksPerSequence)` block numbers; entries past the context are never read.
  BLOCK_TABLES(DType.I32),
  /// `(R)` row in T of each row of logits.
  LOGIT_ROWS(DType.I32),
  /// `(R)` divisor of the logits; more than 0.
  TEMPERATURES(DType.F32),
  /// `(R)` keep the k most likely; 0: all; 1: greedy.
  TOP_K(DType.I32),
  /// `(R)` keep the smallest set with this probability; 0 or at least 1: all.
  TOP_P(DType.F32),
  /// `(R)` keep what has at least this part of the greatest probability; 0: all.
  MIN_P(DType.F32),
  /// `(R)` seed of the sequence.
  SEEDS(DType.I64),
  /// `(R)` number of the token in its sequence's output, from 0: the counter of the random draw.
  DRAWS(DType.I32),
  /// `(R)` divides positive and multiplies negative logits of tokens that occurred; 1: none.
  REPETITION_PENALTIES(DType.F32),
  /// `(R)` subtracted once from tokens that were generated.
  PRESENCE_PENALTIES(DType.F32),
  /// `(R)` subtracted for each time that a token was generated.
  FREQUENCY_PENALTIES(DType.F32),
  /// `(R + 1)` first adjustment of each row, then their count A.
  ADJUSTMENT_STARTS(DType.I32),
  /// `(A)` token of each adjustment; a token occurs once a row at most.
  ADJUSTMENT_TOKENS(DType.I32),
  /// `(A)` times that the token was generated; 0 if it is only in the prompt; -1 if it never
  /// occurred (an adjustment for its bias alone: no penalty applies).
  ADJUSTMENT_COUNTS(DType.I32),
  /// `(A)` added to the logit after the penalties; minus infinity forbids the token.
  ADJUSTMENT_BIASES(DType.F32);

  private final DType dtype;

  BatchInput(DType dtype) {
    this.dtype = dtype;
  }

  public DType dtype() {
    return dtype;
  }
}
