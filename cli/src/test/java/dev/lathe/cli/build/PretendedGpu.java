package dev.lathe.cli.build;

import dev.lathe.cli.console.Log;
import dev.lathe.cli.wiring.TimingGpu;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.engine.v1.KernelChoice.Nanos;
import dev.lathe.passes.tune.CandidateTimer;
import dev.lathe.passes.tune.Contender;
import dev.lathe.passes.tune.Timing;
import dev.lathe.passes.tune.TuningTask;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A GPU on which the candidate with the greatest estimate is always the quickest.
final class PretendedGpu implements TimingGpu {
  private final String name;
  private final int mostTasks;
  int timed;

  PretendedGpu(String name) {
    this(name, Integer.MAX_VALUE);
  }

  /// @param mostTasks problems that are timed before a kernel faults
  PretendedGpu(String name, int mostTasks) {
    this.name = name;
    this.mostTasks = mostTasks;
  }

  @Override
  public Presence find(String target) {
    return target.equals("sm_90a")
        ? new Presence.Present(new Gpu(name, 132, 13000))
        : new Presence.Absent("this machine has " + name);
  }

  @Override
  public CandidateTimer open(Optional<Function<String, byte[]>> assembler, int workers, Log log) {
    return new CandidateTimer() {
      @Override
      public void expect(List<TuningTask> tasks) {}

      @Override
      public List<Timing> time(TuningTask task) {
        if (timed == mostTasks) {
          throw new LatheException(
              ExitCode.FAILURE, "kernel-fault", "a kernel made the GPU unusable", "");
        }
        timed++;
        return backwards(task.contenders());
      }

      @Override
      public void close() {}
    };
  }

  private static List<Timing> backwards(List<Contender> contenders) {
    return IntStream.range(0, contenders.size())
        .mapToLong(i -> 1000L * (contenders.size() - i))
        .<Timing>mapToObj(nanos -> new Timing.Measured(new Nanos(nanos, nanos - 1, nanos + 1)))
        .toList();
  }
}
