package dev.lathe.runtime;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.cuda.CudaOptions;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.plugin.CpuOperations;

/// Opens the device that a user chose for an engine.
final class Devices {
  private Devices() {}

  /// @throws LatheException exit code 3 if a GPU is asked for and there is none, exit code 5 if the
  ///     engine has no kernels for it
  static Device open(Manifest manifest, EngineOptions options) {
    CudaOptions cuda = options.cuda();
    boolean kernels = !manifest.kernels().isEmpty();
    return switch (options.device()) {
      case CPU -> cpu(options);
      case CUDA -> {
        if (!kernels) {
          throw withoutKernels(manifest);
        }
        yield CudaDevice.open(cuda);
      }
      case AUTO -> kernels && present(cuda) ? CudaDevice.open(cuda) : cpu(options);
    };
  }

  private static Device cpu(EngineOptions options) {
    return new CpuDevice(CpuOperations.withPlugins(options.plugins()));
  }

  private static boolean present(CudaOptions cuda) {
    return switch (CudaDevice.probe(cuda)) {
      case Availability.Available _ -> true;
      case Availability.Missing _ -> false;
    };
  }

  private static LatheException withoutKernels(Manifest manifest) {
    return new LatheException(
        ExitCode.BAD_ENGINE,
        "engine-without-kernels",
        "The engine was built for the target " + manifest.target() + " and has no GPU kernels.",
        "Build it with --target sm_90a, or run it with --device cpu.");
  }
}
