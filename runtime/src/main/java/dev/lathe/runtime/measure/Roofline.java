package dev.lathe.runtime.measure;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// How near the steps of a measurement come to what the GPU can do. A step's time is that of the
/// device and of the host's work before it.
///
/// @param rates of the GPU
/// @param decode steps in which each sequence computed one token, if there were some
/// @param prefill steps that computed prompt tokens, if there were some
public record Roofline(DeviceRates rates, Optional<Decode> decode, Optional<Prefill> prefill) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// @param steps how many
  /// @param stepSeconds mean time of a step
  /// @param bytesOfStep mean bytes of weights and KV cache that a step must read; the embedding
  ///     table counts with the rows that are read
  /// @param percentOfCopy bytes a second, as percentage of those of a copy
  public record Decode(long steps, double stepSeconds, double bytesOfStep, double percentOfCopy) {}

  /// @param steps how many
  /// @param seconds of all
  /// @param flops multiplications and additions of all matrix products: 2 for each token and
  ///     element of a matrix that it is multiplied by; attention is not counted
  /// @param percentOfPeak flops a second, as percentage of the peak rate, where that is known
  public record Prefill(long steps, double seconds, double flops, OptionalDouble percentOfPeak) {}

  /// @param plans of the engine
  /// @param steps that were measured
  public static Roofline of(
      DeviceRates rates, Manifest manifest, List<Plan> plans, List<StepRecord> steps) {
    List<StepRecord> decode = steps.stream().filter(step -> step.promptTokens() == 0).toList();
    List<StepRecord> prefill = steps.stream().filter(step -> step.promptTokens() > 0).toList();
    return new Roofline(
        rates,
        decode.isEmpty()
            ? Optional.empty()
            : Optional.of(decode(rates, cost(manifest, plans, Profile.Kind.DECODE), decode)),
        prefill.isEmpty()
            ? Optional.empty()
            : Optional.of(prefill(rates, cost(manifest, plans, Profile.Kind.MIXED), prefill)));
  }

  /// Plans of a kind multiply the same matrices and read the same cache, which is what counts here.
  private static PlanCost cost(Manifest manifest, List<Plan> plans, Profile.Kind kind) {
    Plan plan =
        plans.stream()
            .filter(one -> one.profile().kind() == kind)
            .findFirst()
            .orElseGet(plans::getFirst);
    return new PlanCost(manifest, plan);
  }

  private static Decode decode(DeviceRates rates, PlanCost cost, List<StepRecord> steps) {
    double bytes =
        steps.stream()
            .map(step -> cost.total(Workload.decode(step.sequences(), step.contextTokens())))
            .mapToDouble(one -> one.weightBytes() + one.cacheBytes())
            .sum();
    double seconds = seconds(steps);
    return new Decode(
        steps.size(),
        seconds / steps.size(),
        bytes / steps.size(),
        100 * bytes / seconds / rates.copyBytesPerSecond());
  }

  private static Prefill prefill(DeviceRates rates, PlanCost cost, List<StepRecord> steps) {
    double flops =
        steps.stream()
            .map(step -> cost.total(Workload.of(step)))
            .mapToDouble(Cost::productFlops)
            .sum();
    double seconds = seconds(steps);
    OptionalDouble percent =
        rates.peak().isPresent()
            ? OptionalDouble.of(100 * flops / seconds / rates.peak().get().flopsPerSecond())
            : OptionalDouble.empty();
    return new Prefill(steps.size(), seconds, flops, percent);
  }

  private static double seconds(List<StepRecord> steps) {
    return steps.stream().mapToLong(StepRecord::nanos).sum() / NANOS_PER_SECOND;
  }
}
