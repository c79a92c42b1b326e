package dev.lathe.engine.v1;

import java.util.List;

/// One step of a plan.
///
/// @param name unique in the plan, tells the place in the model: `layers.0.attention`
/// @param op what it computes
/// @param launches how the GPU does it, in order; empty in an engine for the CPU alone
public record Step(String name, StepOp op, List<Launch> launches) {
  public Step {
    launches = List.copyOf(launches);
  }
}
