package dev.lathe.cli.bench;

import dev.lathe.runtime.measure.Cost;
import dev.lathe.runtime.measure.DeviceRates;
import dev.lathe.runtime.measure.PeakRate;
import dev.lathe.runtime.measure.StepGroup;
import java.util.Optional;
import java.util.OptionalDouble;

/// What equal steps of a plan took and did.
///
/// @param nanos median of one step
/// @param cost of one step at the least
/// @param torch the same in PyTorch, where that was timed
record KernelFigures(
    StepGroup group,
    StepDescription description,
    double nanos,
    Cost cost,
    DeviceRates rates,
    Torch torch) {

  /// What comparing with PyTorch came to.
  sealed interface Torch {

    /// @param method of PyTorch
    /// @param graph true if its launches were replayed as a CUDA graph
    /// @param nanos median of one launch
    record Timed(String method, boolean graph, double nanos) implements Torch {}

    /// There is nothing to compare with.
    record Nothing() implements Torch {}

    /// PyTorch cannot do it.
    record Refused(String reason) implements Torch {}
  }

  /// Nanoseconds of all steps of the group.
  double allNanos() {
    return nanos * group.count();
  }

  double bytesPerSecond() {
    return cost.bytes() / (nanos / 1e9);
  }

  double percentOfCopy() {
    return 100 * bytesPerSecond() / rates.copyBytesPerSecond();
  }

  double flopsPerSecond() {
    return cost.flops() / (nanos / 1e9);
  }

  /// Empty where the rate of the GPU is not known, or nothing is multiplied.
  OptionalDouble percentOfPeak() {
    Optional<PeakRate> peak = rates.peak();
    return peak.isPresent() && cost.flops() > 0
        ? OptionalDouble.of(100 * flopsPerSecond() / peak.get().flopsPerSecond())
        : OptionalDouble.empty();
  }

  /// PyTorch's time divided by Lathe's: above 1, Lathe is faster.
  OptionalDouble torchRatio() {
    return torch instanceof Torch.Timed timed
        ? OptionalDouble.of(timed.nanos() / nanos)
        : OptionalDouble.empty();
  }
}
