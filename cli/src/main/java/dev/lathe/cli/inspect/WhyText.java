package dev.lathe.cli.inspect;

import dev.lathe.cli.option.Spelling;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What `--why` prints: one step in every plan, its kernels and those that were not chosen, and the
/// weights it reads.
final class WhyText {
  private final EngineContents engine;
  private final String name;

  WhyText(EngineContents engine, String name) {
    this.engine = engine;
    this.name = name;
  }

  /// @throws UsageError if no plan has such a step
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Plan plan : engine.plans()) {
      plan.steps().stream()
          .filter(step -> step.name().equals(name))
          .forEach(step -> lines.addAll(lines(plan, step)));
    }
    if (lines.isEmpty()) {
      throw unknown();
    }
    return lines;
  }

  private List<String> lines(Plan plan, Step step) {
    List<String> lines = new ArrayList<>();
    lines.add("Step " + name + " of plan " + plan.profile().name());
    lines.add("  computes  " + StepText.of(step.op()));
    if (step.launches().isEmpty()) {
      lines.add("  kernel    none: the engine is for " + engine.manifest().target());
    }
    for (Launch launch : step.launches()) {
      KernelEntry kernel = engine.kernel(launch.kernel());
      lines.add("  kernel    " + kernel.name() + ", from template " + kernel.template());
      lines.add("  config    " + Overview.config(kernel.config()));
      lines.add("  blocks    " + StepText.blocks(launch) + " of " + kernel.threads() + " threads");
    }
    if (!step.launches().isEmpty()) {
      lines.addAll(new CandidatesText(engine).lines(plan, step));
    }
    weightsOf(step).forEach(weight -> lines.add("  weight    " + describe(weight)));
    return lines;
  }

  private static String describe(WeightEntry weight) {
    return "@"
        + weight.name()
        + " "
        + weight.dtype().text()
        + " "
        + Overview.shape(weight.shape())
        + " = "
        + WeightText.of(weight.source());
  }

  private Stream<WeightEntry> weightsOf(Step step) {
    Set<String> names = new LinkedHashSet<>(StepText.weights(step.op()));
    return engine.manifest().weights().stream().filter(weight -> names.contains(weight.name()));
  }

  private UsageError unknown() {
    List<String> names =
        engine.plans().stream()
            .flatMap(plan -> plan.steps().stream())
            .map(Step::name)
            .distinct()
            .toList();
    return new UsageError(
        "no plan has a step '" + name + "'",
        Spelling.nearest(name, names)
            .map(near -> "did you mean " + near + "?")
            .orElse("trtllm-inspect ENGINE --plan mixed lists them"));
  }
}
