package dev.lathe.cli.wiring;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.tune.CandidateTimer;
import dev.lathe.passes.tune.Contender;
import dev.lathe.passes.tune.Timing;
import dev.lathe.passes.tune.TuningTask;
import dev.lathe.runtime.cuda.StepTime;
import dev.lathe.runtime.cuda.StepTimer;
import dev.lathe.runtime.cuda.TimedKernels;
import dev.lathe.runtime.cuda.TimedStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Measures candidates on the GPU of this machine. While one problem is measured, the kernels of
/// the next ones are assembled on all processors.
final class GpuTimer implements CandidateTimer {
  private static final int PATIENCE_SECONDS = 20;

  private final StepTimer timer;
  private final Optional<Function<String, byte[]>> assembler;
  private final ExecutorService workers;
  private final Map<Contender, Future<TimedKernels>> loading = new IdentityHashMap<>();

  /// @param assembler machine code of a PTX text; empty: the driver assembles
  GpuTimer(StepTimer timer, Optional<Function<String, byte[]>> assembler, int workers) {
    this.timer = timer;
    this.assembler = assembler;
    this.workers = Executors.newFixedThreadPool(workers, Thread.ofPlatform().daemon().factory());
  }

  @Override
  public void expect(List<TuningTask> tasks) {
    for (TuningTask task : tasks) {
      for (Contender contender : task.contenders()) {
        loading.put(contender, workers.submit(() -> load(task, contender)));
      }
    }
  }

  private TimedKernels load(TuningTask task, Contender contender) {
    Lowering lowering = contender.lowering();
    Sizes max = task.step().context().profile().max();
    Map<String, Long> workspaceBytes = new HashMap<>();
    for (Lowering.Workspace buffer : lowering.workspace()) {
      long elements =
          buffer.shape().stream()
              .mapToLong(dim -> dim.evaluate(max))
              .reduce(1, Math::multiplyExact);
      workspaceBytes.put(buffer.name(), elements * buffer.dtype().bytes());
    }
    return timer.load(
        contender.label() + " for " + task.label(),
        lowering.kernels().stream().map(this::image).toList(),
        lowering.launches(),
        workspaceBytes);
  }

  private TimedKernels.Image image(Lowering.KernelSource source) {
    byte[] code =
        assembler
            .map(program -> program.apply(source.ptx()))
            .orElseGet(() -> source.ptx().getBytes(StandardCharsets.US_ASCII));
    return new TimedKernels.Image(source.entry(), code);
  }

  @Override
  public List<Timing> time(TuningTask task) {
    List<Optional<String>> problems = new ArrayList<>();
    List<TimedKernels> loaded = new ArrayList<>();
    for (Contender contender : task.contenders()) {
      try {
        loaded.add(await(contender));
        problems.add(Optional.empty());
      } catch (LatheException problem) {
        problems.add(Optional.of(problem.sentence()));
      }
    }
    List<StepTime> times =
        loaded.isEmpty() ? List.of() : times(TimedOperands.of(task.step()), loaded);
    loaded.forEach(TimedKernels::close);
    Iterator<StepTime> next = times.iterator();
    return problems.stream()
        .map(
            problem -> problem.<Timing>map(Timing.Failed::new).orElseGet(() -> timing(next.next())))
        .toList();
  }

  /// With sequences of a typical length; where the length matters, together with short ones: among
  /// kernels that equal one another on long sequences, some are much slower on short ones.
  private List<StepTime> times(TimedStep step, List<TimedKernels> loaded) {
    List<StepTime> typical = timer.time(step, loaded);
    Optional<TimedStep> brief = step.withShortSequences();
    if (brief.isEmpty()) {
      return typical;
    }
    Iterator<StepTime> others = timer.time(brief.get(), loaded).iterator();
    return typical.stream().map(time -> time.plus(others.next())).toList();
  }

  private static Timing timing(StepTime time) {
    return switch (time) {
      case StepTime.Taken(long median, long p10, long p90) ->
          new Timing.Measured(new KernelChoice.Nanos(median, p10, p90));
      case StepTime.Refused(String reason) -> new Timing.Failed(reason);
    };
  }

  private TimedKernels await(Contender contender) {
    Future<TimedKernels> future = loading.remove(contender);
    if (future == null) {
      throw new IllegalStateException(contender.label() + " was not expected");
    }
    try {
      return future.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException("a kernel cannot be loaded", failed);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while kernels were loaded");
    }
  }

  /// Waits for kernels that are being loaded: the driver must not be left while it is at work. If a
  /// kernel hangs, it may be at work for ever.
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      boolean ended = workers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (ended) {
        timer.close(loaded());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What was loaded and not timed.
  private List<TimedKernels> loaded() {
    return loading.values().stream()
        .filter(future -> future.state() == Future.State.SUCCESS)
        .map(Future::resultNow)
        .toList();
  }
}
