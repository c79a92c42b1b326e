package dev.lathe.engine.v1;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import java.util.List;

/// What the scheduler hands to a step, one flat array each. T tokens, S sequences, R logit rows.
/// Tokens of one sequence are neighbours, in the order of their positions.
public enum BatchInput {
  /// `(T)` vocabulary ids.
  TOKEN_IDS(DType.I32, Count.TOKENS),
  /// `(T)` kind of each token, of an encoder that has embeddings of kinds; 0 elsewhere.
  TOKEN_TYPES(DType.I32, Count.TOKENS),
  /// `(T)` position of each token in its sequence, from 0.
  POSITIONS(DType.I32, Count.TOKENS),
  /// `(T)` place in the KV pool: block * tokensPerBlock + offset; -1 for padding: nothing is
  /// stored.
  SLOTS(DType.I32, Count.TOKENS),
  /// `(S + 1)` first row of each sequence, then T. Padding of a decode batch is a sequence of one
  /// row with context 0.
  QUERY_STARTS(DType.I32, Count.SEQUENCE_BOUNDS),
  /// `(S)` tokens of each sequence in the KV cache, those of this step included; 0 for padding.
  CONTEXT_LENGTHS(DType.I32, Count.SEQUENCES),
  /// `(S, maxBlocksPerSequence)` block numbers; entries past the context are never read.
  BLOCK_TABLES(DType.I32, Count.TABLE_ENTRIES),
  /// `(R)` row in T of each row of logits.
  LOGIT_ROWS(DType.I32, Count.LOGIT_ROWS),
  /// `(R)` divisor of the logits; more than 0.
  TEMPERATURES(DType.F32, Count.LOGIT_ROWS),
  /// `(R)` keep the k most likely; 0: all; 1: greedy.
  TOP_K(DType.I32, Count.LOGIT_ROWS),
  /// `(R)` keep the smallest set with this probability; 0 or at least 1: all.
  TOP_P(DType.F32, Count.LOGIT_ROWS),
  /// `(R)` keep what has at least this part of the greatest probability; 0: all.
  MIN_P(DType.F32, Count.LOGIT_ROWS),
  /// `(R)` seed of the sequence.
  SEEDS(DType.I64, Count.LOGIT_ROWS),
  /// `(R)` number of the token in its sequence's output, from 0: the counter of the random draw.
  DRAWS(DType.I32, Count.LOGIT_ROWS),
  /// `(R)` divides positive and multiplies negative logits of tokens that occurred; 1: none.
  REPETITION_PENALTIES(DType.F32, Count.LOGIT_ROWS),
  /// `(R)` subtracted once from tokens that were generated.
  PRESENCE_PENALTIES(DType.F32, Count.LOGIT_ROWS),
  /// `(R)` subtracted for each time that a token was generated.
  FREQUENCY_PENALTIES(DType.F32, Count.LOGIT_ROWS),
  /// `(R + 1)` first adjustment of each row, then their count A.
  ADJUSTMENT_STARTS(DType.I32, Count.LOGIT_ROW_BOUNDS),
  /// `(A)` token of each adjustment; a token occurs once a row at most.
  ADJUSTMENT_TOKENS(DType.I32, Count.ADJUSTMENTS),
  /// `(A)` times that the token was generated; 0 if it is only in the prompt; -1 if it never
  /// occurred (an adjustment for its bias alone: no penalty applies).
  ADJUSTMENT_COUNTS(DType.I32, Count.ADJUSTMENTS),
  /// `(A)` added to the logit after the penalties; minus infinity forbids the token.
  ADJUSTMENT_BIASES(DType.F32, Count.ADJUSTMENTS);

  /// What there is an element for.
  private enum Count {
    TOKENS,
    SEQUENCES,
    SEQUENCE_BOUNDS,
    TABLE_ENTRIES,
    LOGIT_ROWS,
    LOGIT_ROW_BOUNDS,
    ADJUSTMENTS
  }

  private final DType dtype;
  private final Count count;

  BatchInput(DType dtype, Count count) {
    this.dtype = dtype;
    this.count = count;
  }

  public DType dtype() {
    return dtype;
  }

  /// True for an input of A elements: A is not among the sizes of a batch.
  public boolean isAdjustment() {
    return count == Count.ADJUSTMENTS;
  }

  /// The shape; without dimensions for adjustments.
  ///
  /// @param maxBlocksPerSequence width of a row of the block tables
  public List<SizeExpr> shape(int maxBlocksPerSequence) {
    SizeExpr one = SizeExpr.of(1);
    return switch (count) {
      case TOKENS -> List.of(SizeExpr.TOKENS);
      case SEQUENCES -> List.of(SizeExpr.SEQUENCES);
      case SEQUENCE_BOUNDS -> List.of(SizeExpr.SEQUENCES.plus(one));
      case TABLE_ENTRIES -> List.of(SizeExpr.SEQUENCES, SizeExpr.of(maxBlocksPerSequence));
      case LOGIT_ROWS -> List.of(SizeExpr.LOGIT_ROWS);
      case LOGIT_ROW_BOUNDS -> List.of(SizeExpr.LOGIT_ROWS.plus(one));
      case ADJUSTMENTS -> List.of();
    };
  }

  /// Elements at the given sizes, counted without allocation; 0 for adjustments.
  ///
  /// @param maxBlocksPerSequence width of a row of the block tables
  public long elements(Sizes sizes, int maxBlocksPerSequence) {
    return switch (count) {
      case TOKENS -> sizes.tokens();
      case SEQUENCES -> sizes.sequences();
      case SEQUENCE_BOUNDS -> sizes.sequences() + 1;
      case TABLE_ENTRIES -> sizes.sequences() * maxBlocksPerSequence;
      case LOGIT_ROWS -> sizes.logitRows();
      case LOGIT_ROW_BOUNDS -> sizes.logitRows() + 1;
      case ADJUSTMENTS -> 0;
    };
  }
}
