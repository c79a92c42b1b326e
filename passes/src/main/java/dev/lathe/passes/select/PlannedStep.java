package dev.lathe.passes.select;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.StepOp;
import java.util.List;

/// A step of a profile for which a kernel is wanted.
///
/// @param buffers those of its operands that are no weights; they have no place in memory yet
public record PlannedStep(StepOp op, StepContext context, List<Buffer> buffers) {
  public PlannedStep {
    buffers = List.copyOf(buffers);
  }
}
