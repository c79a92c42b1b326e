package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.ComputeCapability;
import dev.lathe.runtime.cuda.CudaDevice;

/// Finds the target of the GPU in this machine.
public final class MachineTarget {
  /// The target of a build on a machine without a GPU.
  private static final String DEFAULT_TARGET = "sm_90a";

  private final Log log;

  public MachineTarget(Log log) {
    this.log = log;
  }

  /// @param hint what to do without one
  /// @throws LatheException `no-gpu`, exit code 3, if this machine has no GPU that can be used
  public static void requireGpu(String hint) {
    if (CudaDevice.probe() instanceof Availability.Missing(String sentence)) {
      throw new LatheException(ExitCode.NO_DEVICE, "no-gpu", sentence, hint);
    }
  }

  /// The target for the GPU in this machine, or the default where there is none.
  ///
  /// @throws LatheException `old-gpu`, exit code 3, if the GPU is older than every target
  public String find() {
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

  /// The target for a GPU.
  ///
  /// @throws LatheException `old-gpu`, exit code 3, if it is older than every target
  static String target(Availability.Available gpu) {
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
