package dev.lathe.runtime.measure;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.Optional;

/// The greatest rate of dense matrix products that a data sheet states for a GPU: an assumption,
/// not a measurement.
///
/// @param gpu the part of the GPU's name by which it was recognised
/// @param flopsPerSecond with operands of 16 bits and sums of 32 bits
public record PeakRate(String gpu, double flopsPerSecond) {
  private static final double TERA = 1e12;

  /// The more special names first.
  private static final List<PeakRate> KNOWN =
      List.of(
          new PeakRate("H100 PCIe", 756 * TERA),
          new PeakRate("H100 NVL", 835 * TERA),
          new PeakRate("GH200", 989 * TERA),
          new PeakRate("H200", 989 * TERA),
          new PeakRate("H100", 989 * TERA),
          new PeakRate("A100", 312 * TERA),
          new PeakRate("L40S", 362 * TERA),
          new PeakRate("L4", 121 * TERA));

  /// The rate of a GPU, if it is known for the type.
  public static Optional<PeakRate> of(String gpuName, DType dtype) {
    return dtype == DType.BF16 || dtype == DType.F16
        ? KNOWN.stream().filter(rate -> gpuName.contains(rate.gpu())).findFirst()
        : Optional.empty();
  }
}
