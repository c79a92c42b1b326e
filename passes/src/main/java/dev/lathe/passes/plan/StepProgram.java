package dev.lathe.passes.plan;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.StepOp;
import java.util.List;

/// What is computed, on which buffers, in which order; no kernels and no places yet.
///
/// @param buffers in the order of their first step; those in the arena all have offset 0 so far
public record StepProgram(List<Buffer> buffers, List<NamedStep> steps) {
  public StepProgram {
    buffers = List.copyOf(buffers);
    steps = List.copyOf(steps);
  }

  /// A step without its launches.
  public record NamedStep(String name, StepOp op) {}
}
