package dev.lathe.cli.inspect;

import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/// What `--diff` prints: a line for each thing that differs, `-` before what the first engine has
/// and `+` before what the second has.
final class DiffText {
  private final List<String> lines = new ArrayList<>();

  /// The lines; none if the engines hold the same.
  static List<String> lines(EngineContents first, EngineContents second) {
    DiffText diff = new DiffText();
    diff.facts(first.manifest(), second.manifest());
    diff.compare("kernel", first, second, DiffText::kernels);
    diff.compare("weight", first, second, DiffText::weights);
    diff.compare("step", first, second, DiffText::steps);
    diff.compare("entry", first, second, DiffText::entries);
    return diff.lines;
  }

  private void facts(Manifest first, Manifest second) {
    fact("generator", first.generator(), second.generator());
    fact("target", first.target(), second.target());
    fact("model", first.model(), second.model());
    fact("limits", first.limits(), second.limits());
    fact("KV cache", first.kvCache(), second.kvCache());
  }

  private void fact(String what, Object first, Object second) {
    if (!first.equals(second)) {
      lines.add("- " + what + " " + first);
      lines.add("+ " + what + " " + second);
    }
  }

  private void compare(
      String kind,
      EngineContents first,
      EngineContents second,
      Function<EngineContents, Map<String, String>> facts) {
    Map<String, String> before = facts.apply(first);
    Map<String, String> after = facts.apply(second);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      if (!Objects.equals(before.get(name), after.get(name))) {
        side("- " + kind + " " + name, before, name);
        side("+ " + kind + " " + name, after, name);
      }
    }
  }

  private void side(String head, Map<String, String> facts, String name) {
    if (facts.containsKey(name)) {
      lines.add(head + ": " + facts.get(name));
    }
  }

  private static Map<String, String> kernels(EngineContents engine) {
    Map<String, String> kernels = new LinkedHashMap<>();
    for (KernelEntry kernel : engine.manifest().kernels()) {
      kernels.put(kernel.name(), kernel.template() + " " + Overview.config(kernel.config()));
    }
    return kernels;
  }

  private static Map<String, String> weights(EngineContents engine) {
    Map<String, String> weights = new LinkedHashMap<>();
    for (WeightEntry weight : engine.manifest().weights()) {
      weights.put(
          weight.name(),
          weight.dtype().text()
              + " "
              + Overview.shape(weight.shape())
              + " "
              + WeightText.of(weight.source()));
    }
    return weights;
  }

  private static Map<String, String> steps(EngineContents engine) {
    Map<String, String> steps = new LinkedHashMap<>();
    for (Plan plan : engine.plans()) {
      for (Step step : plan.steps()) {
        steps.put(
            plan.profile().name() + "/" + step.name(),
            StepText.of(step.op()) + "; " + StepText.launches(step));
      }
    }
    return steps;
  }

  private static Map<String, String> entries(EngineContents engine) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (Manifest.EntryDigest entry : engine.manifest().entries()) {
      entries.put(entry.name(), entry.bytes() + " bytes, sha256 " + entry.sha256());
    }
    return entries;
  }
}
