package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;

/// The middle of the compiler in one call: all passes, then the plans.
public final class Compiler {
  private Compiler() {}

  /// @throws dev.lathe.engine.error.LatheException if the model cannot be run on the target
  public static CompiledModel compile(Graph imported, PlanRequest request) {
    PassManager passes = PassManager.of(Pipeline.standard(request.limits().maxSequenceLength()));
    return Planner.plan(passes.run(imported).graph(), request);
  }
}
