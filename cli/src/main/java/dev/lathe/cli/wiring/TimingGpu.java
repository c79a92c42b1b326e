package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.passes.tune.CandidateTimer;
import java.util.Optional;
import java.util.function.Function;

/// What a build knows of the GPU on which it can measure kernels.
public interface TimingGpu {

  /// Whether the GPU in this machine is the one that a target is for.
  Presence find(String target);

  /// Opens that GPU.
  ///
  /// @param assembler machine code of a PTX text; empty: the driver assembles
  /// @param workers threads that assemble kernels
  CandidateTimer open(Optional<Function<String, byte[]>> assembler, int workers, Log log);

  /// The answer to [#find].
  sealed interface Presence {

    /// It is.
    record Present(Gpu gpu) implements Presence {}

    /// There is none, or another one.
    ///
    /// @param sentence what is there instead
    record Absent(String sentence) implements Presence {}
  }
}
