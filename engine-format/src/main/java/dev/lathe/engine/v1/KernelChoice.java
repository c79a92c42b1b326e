package dev.lathe.engine.v1;

import java.util.List;
import java.util.Optional;

/// Why steps have the kernels that they have: a line of the entry `tuning.jsonl`. Steps that
/// compute the same on operands of equal types in equal profiles share one problem and one choice.
///
/// Nothing here depends on whether times were taken during the build or came from a timing cache.
///
/// @param step the first step that has the problem: `layers.0.qkv`
/// @param profile name of that step's profile
/// @param problem what is computed, with operands by type instead of name
/// @param basis what the choice rests on
/// @param gpu where times were taken; empty unless `basis` is [Basis#MEASURED]
/// @param template id of the template that was chosen
/// @param config its configuration
/// @param candidates those that were compared, the least estimate first
/// @param others candidates that were not: they were expected to be slower
/// @param refusals templates that cannot carry out the step, and why
public record KernelChoice(
    String step,
    String profile,
    String problem,
    Basis basis,
    Optional<Gpu> gpu,
    String template,
    String config,
    List<Candidate> candidates,
    int others,
    List<String> refusals) {
  public KernelChoice {
    candidates = List.copyOf(candidates);
    refusals = List.copyOf(refusals);
  }

  /// What a choice rests on.
  public enum Basis {
    /// There was one candidate.
    ALONE,
    /// The least estimate.
    ESTIMATED,
    /// The least time on a GPU.
    MEASURED
  }

  /// The GPU of a measurement.
  ///
  /// @param name as the driver gives it: `NVIDIA H100 80GB HBM3`
  /// @param driver greatest CUDA version that the driver knows: 13000 for 13.0
  public record Gpu(String name, int multiprocessors, int driver) {}

  /// A template under one configuration.
  ///
  /// @param failure why it could not be measured
  public record Candidate(
      String template,
      String config,
      long estimatedNanos,
      Optional<Nanos> measured,
      Optional<String> failure) {}

  /// Nanoseconds of one execution of a step: median, first and last decile of the samples.
  public record Nanos(long median, long p10, long p90) {}
}
