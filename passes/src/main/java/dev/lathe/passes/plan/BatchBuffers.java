package dev.lathe.passes.plan;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Ref;
import java.util.List;
import java.util.Locale;

/// The buffers of batch inputs: named as the input in lower case, `token_ids`.
final class BatchBuffers {
  private BatchBuffers() {}

  static Ref ref(BatchInput input) {
    return Ref.buffer(name(input));
  }

  static String name(BatchInput input) {
    return input.name().toLowerCase(Locale.ROOT);
  }

  /// @param maxBlocksPerSequence width of a row of the block tables
  static Buffer buffer(BatchInput input, int maxBlocksPerSequence) {
    return new Buffer(
        name(input),
        input.dtype(),
        shape(input, maxBlocksPerSequence),
        new Buffer.Storage.Input(input));
  }

  private static List<SizeExpr> shape(BatchInput input, int maxBlocksPerSequence) {
    SizeExpr one = SizeExpr.of(1);
    return switch (input) {
      case TOKEN_IDS, TOKEN_TYPES, POSITIONS, SLOTS -> List.of(SizeExpr.TOKENS);
      case QUERY_STARTS -> List.of(SizeExpr.SEQUENCES.plus(one));
      case CONTEXT_LENGTHS -> List.of(SizeExpr.SEQUENCES);
      case BLOCK_TABLES -> List.of(SizeExpr.SEQUENCES, SizeExpr.of(maxBlocksPerSequence));
      case LOGIT_ROWS,
          TEMPERATURES,
          TOP_K,
          TOP_P,
          MIN_P,
          SEEDS,
          DRAWS,
          REPETITION_PENALTIES,
          PRESENCE_PENALTIES,
          FREQUENCY_PENALTIES ->
          List.of(SizeExpr.LOGIT_ROWS);
      case ADJUSTMENT_STARTS -> List.of(SizeExpr.LOGIT_ROWS.plus(one));
      case ADJUSTMENT_TOKENS, ADJUSTMENT_COUNTS, ADJUSTMENT_BIASES -> List.of();
    };
  }
}
