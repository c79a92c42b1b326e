package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.passes.tune.CandidateTimer;
import dev.lathe.runtime.cuda.Availability;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.cuda.CudaOptions;
import dev.lathe.runtime.cuda.StepTimer;
import java.util.Optional;
import java.util.function.Function;

/// The GPU in this machine.
public final class MachineGpu implements TimingGpu {

  @Override
  public Presence find(String target) {
    return switch (CudaDevice.probe()) {
      case Availability.Missing(String sentence) -> new Presence.Absent(sentence);
      case Availability.Available gpu when MachineTarget.target(gpu).equals(target) ->
          new Presence.Present(new Gpu(gpu.name(), gpu.multiprocessors(), gpu.driverVersion()));
      case Availability.Available gpu ->
          new Presence.Absent("this machine has " + gpu.description());
    };
  }

  @Override
  public CandidateTimer open(Optional<Function<String, byte[]>> assembler, int workers, Log log) {
    return new GpuTimer(new StepTimer(CudaOptions.DEFAULT), assembler, workers);
  }
}
