package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import java.util.List;

/// Where each input of a batch lies in the block that is copied to the GPU at once: one after
/// another, each at a multiple of 64 bytes. The adjustments, of which the count is not among the
/// sizes, lie elsewhere. Arranged anew for each batch, without allocation.
final class InputLayout {
  static final List<BatchInput> INPUTS = List.of(BatchInput.values());
  private static final int ALIGNMENT = 64;

  private final int maxBlocksPerSequence;
  private final long[] offsets = new long[INPUTS.size()];
  private long bytes;

  InputLayout(int maxBlocksPerSequence) {
    this.maxBlocksPerSequence = maxBlocksPerSequence;
  }

  /// Arranges the inputs for the given sizes.
  void arrange(Sizes sizes) {
    long end = 0;
    for (int i = 0; i < INPUTS.size(); i++) {
      BatchInput input = INPUTS.get(i);
      offsets[i] = end;
      long size = elements(input, sizes) * input.dtype().bytes();
      end += Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
    }
    bytes = end;
  }

  /// First byte of an input.
  long offset(BatchInput input) {
    return offsets[input.ordinal()];
  }

  /// Bytes of all inputs.
  long bytes() {
    return bytes;
  }

  /// Elements of an input at the given sizes; 0 for adjustments.
  long elements(BatchInput input, Sizes sizes) {
    return input.elements(sizes, maxBlocksPerSequence);
  }
}
