package dev.lathe.cli.inspect;

import dev.lathe.cli.option.Spelling;
import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What inspection reads of an engine.
///
/// @param file the engine file
/// @param bytes size of the file
/// @param plans in the order in which a batch tries them
/// @param choices of kernels, as far as the engine tells
record EngineContents(
    Path file, long bytes, Manifest manifest, List<Plan> plans, List<KernelChoice> choices) {
  EngineContents {
    plans = List.copyOf(plans);
    choices = List.copyOf(choices);
  }

  static EngineContents of(EngineFile file) throws IOException {
    List<KernelChoice> choices =
        file.tuning()
            .lines()
            .map(line -> EngineJson.codec().read(line, KernelChoice.class))
            .toList();
    return new EngineContents(
        file.path(), Files.size(file.path()), file.manifest(), file.plans(), choices);
  }

  /// The plan of the given name, or the first whose name begins so.
  ///
  /// @throws UsageError if there is none
  Plan plan(String name) {
    return plans.stream()
        .filter(plan -> plan.profile().name().equals(name))
        .findFirst()
        .or(() -> plansFrom(name).findFirst())
        .orElseThrow(() ->
            new UsageError(
                "the engine has no plan '" + name + "'",
                "its plans are " + String.join(", ", planNames())));
  }

  /// Plans whose names begin with the given text.
  Stream<Plan> plansFrom(String beginning) {
    return plans.stream().filter(plan -> plan.profile().name().startsWith(beginning));
  }

  List<String> planNames() {
    return plans.stream().map(plan -> plan.profile().name()).toList();
  }

  /// @throws UsageError if there is none of that name
  KernelEntry kernel(String name) {
    return findKernel(name)
        .orElseThrow(() ->
            new UsageError(
                "the engine has no kernel '" + name + "'",
                Spelling.nearest(name, manifest.kernels().stream().map(KernelEntry::name).toList())
                    .map(near -> "did you mean " + near + "?")
                    .orElse("trtllm-inspect ENGINE lists them")));
  }

  Optional<KernelEntry> findKernel(String name) {
    return manifest.kernels().stream().filter(kernel -> kernel.name().equals(name)).findFirst();
  }

  /// Steps over all plans that launch the kernel.
  long uses(String kernel) {
    return plans.stream()
        .flatMap(plan -> plan.steps().stream())
        .filter(step -> launches(step, kernel))
        .count();
  }

  private static boolean launches(Step step, String kernel) {
    return step.launches().stream().anyMatch(launch -> launch.kernel().equals(kernel));
  }

  /// Size of an entry of the file; 0 if there is none of that name.
  long entryBytes(String name) {
    return manifest.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .mapToLong(Manifest.EntryDigest::bytes)
        .sum();
  }
}
