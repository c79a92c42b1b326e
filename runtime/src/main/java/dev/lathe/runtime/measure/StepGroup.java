package dev.lathe.runtime.measure;

import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Steps of a plan that do the same with other operands: one of each layer, as a rule. They run the
/// same kernels on operands of the same types and shapes.
///
/// @param steps at least one, in the order of the plan
public record StepGroup(List<Step> steps) {
  private static final int MOST_NAMES = 2;

  public StepGroup {
    steps = List.copyOf(steps);
  }

  /// The steps of a plan in groups, in the order of their first steps.
  public static List<StepGroup> of(Manifest manifest, Plan plan) {
    StepKey keys = new StepKey(manifest, plan);
    Map<String, List<Step>> groups = new LinkedHashMap<>();
    for (Step step : plan.steps()) {
      groups.computeIfAbsent(keys.of(step), _ -> new ArrayList<>()).add(step);
    }
    return groups.values().stream().map(StepGroup::new).toList();
  }

  /// One that stands for all.
  public Step first() {
    return steps.getFirst();
  }

  public int count() {
    return steps.size();
  }

  /// The names of the steps in short, numbers as asterisks: `layers.*.qkv`.
  public String name() {
    if (count() == 1) {
      return first().name();
    }
    List<String> names =
        steps.stream().map(step -> step.name().replaceAll("\\d+", "*")).distinct().toList();
    String shown = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() > MOST_NAMES ? shown + ", ..." : shown;
  }

  /// Kernels of a step, in the order of their launches.
  public List<String> kernels() {
    return first().launches().stream().map(Launch::kernel).toList();
  }
}
