package dev.lathe.passes.tune;

import dev.lathe.passes.select.PlannedStep;
import java.util.List;

/// A problem whose candidates are to be measured.
///
/// @param step the first step that has the problem
/// @param contenders at least two, the least estimate first
public record TuningTask(PlannedStep step, List<Contender> contenders) {
  public TuningTask {
    contenders = List.copyOf(contenders);
  }

  /// Profile and step: `decode.8 layers.0.qkv`.
  public String label() {
    return step.context().profile().name() + " " + step.context().step();
  }
}
