package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.ComputeCapability;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.cuda.CudaOptions;
import dev.lathe.runtime.device.Device;

/// Finds the device that an engine runs on, and the target that this machine wants.
public final class Devices {
  /// The target of a build on a machine without a GPU.
  private static final String DEFAULT_TARGET = "sm_90a";

  private final Log log;

  public Devices(Log log) {
    this.log = log;
  }

  /// Opens a device. With [DeviceChoice#AUTO]: the CPU for an engine of the CPU and where there is no
  /// GPU, else the GPU, also if the engine is for another one: that is an error to hear of.
  ///
  /// @param engineTarget target that the engine was built for
  /// @throws LatheException `no-gpu`, exit code 3, if CUDA is wanted and there is none
  public Device open(DeviceChoice choice, String engineTarget) {
    return switch (choice) {
      case CPU -> new CpuDevice();
      case CUDA -> CudaDevice.open(CudaOptions.DEFAULT);
      case AUTO -> engineTarget.equals("cpu") ? new CpuDevice() : gpuIfAny();
    };
  }

  private Device gpuIfAny() {
    return switch (CudaDevice.probe()) {
      case Availability.Available _ -> CudaDevice.open(CudaOptions.DEFAULT);
      case Availability.Missing(String sentence) -> {
        log.info("running on the CPU: " + sentence);
        yield new CpuDevice();
      }
    };
  }

  /// The target for the GPU in this machine, or the default where there is none.
  ///
  /// @throws LatheException `old-gpu`, exit code 3, if the GPU is older than every target
  public String targetOfThisMachine() {
    return switch (CudaDevice.probe()) {
      case Availability.Available gpu -> {
        String target = target(gpu);
        log.info("target " + target + " for " + gpu.description());
        yield target;
      }
      case Availability.Missing(String sentence) -> {
        log.info("target " + DEFAULT_TARGET + ", the default: " + sentence);
        yield DEFAULT_TARGET;
      }
    };
  }

  private static String target(Availability.Available gpu) {
    ComputeCapability capability = gpu.capability();
    if (capability.major() < 8) {
      throw new LatheException(
          ExitCode.NO_DEVICE,
          "old-gpu",
          gpu.name() + " has compute capability " + capability + ", the least is 8.0",
          "name another GPU's --target, or --target cpu");
    }
    if (capability.major() == 9) {
      return "sm_90a";
    }
    // PTX for an older target runs on every newer GPU.
    boolean isAmpere = capability.major() == 8 && capability.minor() < 9;
    return isAmpere ? "sm_80" : "sm_89";
  }
}
