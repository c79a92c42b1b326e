package dev.lathe.passes.tune;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.ir.Graph;
import dev.lathe.passes.PassManager;
import dev.lathe.passes.Pipeline;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;
import dev.lathe.passes.select.PlannedStep;
import java.util.List;
import java.util.Optional;

/// The steps of a model, planned for up to 12 sequences.
final class PlannedToy {
  private PlannedToy() {}

  static List<PlannedStep> steps(Graph imported) {
    return steps(imported, new Manifest.Limits(12, 128, 100, 64, false));
  }

  static List<PlannedStep> steps(Graph imported, Manifest.Limits limits) {
    return Planner.steps(
        fused(imported, limits), new PlanRequest(limits, 32, "sm_90a", Optional.empty()));
  }

  static Graph fused(Graph imported, Manifest.Limits limits) {
    return PassManager.of(Pipeline.standard(limits.maxSequenceLength())).run(imported).graph();
  }
}
