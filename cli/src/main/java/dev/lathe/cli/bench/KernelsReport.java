package dev.lathe.cli.bench;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.measure.DeviceRates;
import java.nio.file.Path;
import java.util.List;

/// Everything that is told of the steps of a plan.
///
/// @param torch version of PyTorch, or why there is none
/// @param steps in the order of the plan
record KernelsReport(
    Path engine,
    Manifest manifest,
    String device,
    KernelBatch batch,
    DeviceRates rates,
    String torch,
    List<KernelFigures> steps) {
  KernelsReport {
    steps = List.copyOf(steps);
  }

  /// Nanoseconds of all steps, each by itself.
  double allNanos() {
    return steps.stream().mapToDouble(KernelFigures::allNanos).sum();
  }
}
