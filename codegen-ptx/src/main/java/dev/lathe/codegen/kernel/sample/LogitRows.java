package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.Support;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;

/// Rows of logits, `(R, vocabulary)` f32, as their kernels see them.
record LogitRows(int vocabulary) {

  /// The problem of a step with these logits, or why it is none.
  static Support<LogitRows> of(Ref ref, StepContext context) {
    Operand logits = context.operand(ref);
    return logits.dtype() == DType.F32
        ? Support.yes(new LogitRows(logits.width()))
        : Support.no("logits are " + logits.dtype().text() + ", not f32");
  }

  /// Bytes of one row.
  double rowBytes() {
    return (double) Float.BYTES * vocabulary;
  }
}
