package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;

/// What an operand of a step is, as far as a measurement has to imitate it.
public sealed interface StepOperand {

  /// Read once in a forward pass, so not in the GPU's cache.
  record Weight(DType dtype, long elements) implements StepOperand {}

  /// Written shortly before, or after.
  record Activation(DType dtype, long elements) implements StepOperand {}

  /// Integers that tell which rows belong to which experts: a [TypicalRouting].
  ///
  /// @param rows that have experts
  /// @param topK experts of each
  record Routing(TypicalRouting.Part part, SizeExpr rows, int topK, int experts, long elements)
      implements StepOperand {

    TypicalRouting routing(Sizes sizes) {
      return new TypicalRouting(Math.toIntExact(rows.evaluate(sizes)), topK, experts);
    }
  }

  /// What the scheduler hands in.
  record Input(BatchInput input) implements StepOperand {}

  /// Keys or values of a layer, blocks of `(heads, tokensPerBlock, headDim)`.
  record Cache(DType dtype, int heads, int tokensPerBlock, int headDim) implements StepOperand {

    long blockBytes() {
      return (long) heads * tokensPerBlock * headDim * dtype.bits() / 8;
    }
  }
}
