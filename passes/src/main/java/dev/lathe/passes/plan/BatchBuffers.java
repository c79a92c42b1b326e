package dev.lathe.passes.plan;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Ref;
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
        input.shape(maxBlocksPerSequence),
        new Buffer.Storage.Input(input));
  }
}
