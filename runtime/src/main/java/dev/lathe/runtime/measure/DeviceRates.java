package dev.lathe.runtime.measure;

import dev.lathe.engine.type.DType;
import dev.lathe.runtime.cuda.CopyBandwidth;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.device.Device;
import java.util.Optional;

/// What a GPU can do at best.
///
/// @param gpu its name
/// @param copyBytesPerSecond measured: bytes read and written by a copy inside of its memory
/// @param peak assumed: the rate of its data sheet, if it is known
public record DeviceRates(String gpu, double copyBytesPerSecond, Optional<PeakRate> peak) {

  /// Measures a GPU that does nothing else; empty for the CPU.
  ///
  /// @param dtype that the engine computes in
  public static Optional<DeviceRates> of(Device device, DType dtype) {
    if (!(device instanceof CudaDevice cuda)) {
      return Optional.empty();
    }
    String gpu = cuda.properties().name();
    return Optional.of(new DeviceRates(gpu, CopyBandwidth.measure(cuda), PeakRate.of(gpu, dtype)));
  }
}
