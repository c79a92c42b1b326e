package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Launch;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Times several kernels for one step side by side. Used by one thread, but for [#load].
///
/// Candidates take turns in an order that is drawn anew each time, so that a change of clocks hits
/// all alike. Each gets a few samples; the best quarter gets more.
public final class StepTimer implements AutoCloseable {
  private static final int WARM_UPS = 2;
  private static final int SAMPLES = 7;
  private static final int MORE_SAMPLES = 21;
  private static final long MORE_NANOS = 1_000_000_000L;
  private static final long SEED = 7;

  /// A candidate that is so many times slower than the best is timed no further.
  private static final int HOPELESS = 4;

  private final CudaDevice device;
  private final CudaContext context;
  private final CudaStream stream;
  private final RandomFill random;
  private boolean lost;

  /// Opens the GPU.
  public StepTimer(CudaOptions options) {
    this.device = CudaDevice.open(options);
    this.context = device.context();
    this.stream = context.stream();
    this.random = new RandomFill(context, stream);
  }

  /// Loads the kernels of a candidate; any thread may do so, beside others and beside [#time].
  ///
  /// @param label for messages
  /// @param workspaceBytes buffers that live for the step alone, by name
  /// @throws LatheException if the driver cannot assemble a kernel, or refuses what it needs
  public TimedKernels load(
      String label,
      List<TimedKernels.Image> images,
      List<Launch> launches,
      Map<String, Long> workspaceBytes) {
    context.makeCurrent();
    return TimedKernels.load(context, label, images, launches, workspaceBytes);
  }

  /// Times candidates.
  ///
  /// @return what each came to, in their order
  /// @throws LatheException `kernel-fault` or `kernel-hang`, exit code 1, which name the candidate:
  ///     the GPU cannot be used any more
  public List<StepTime> time(TimedStep step, List<TimedKernels> candidates) {
    context.makeCurrent();
    HandleStack handles = new HandleStack();
    Arena arena = Arena.ofShared();
    try {
      TimedMemory memory =
          handles.add(
              new TimedMemory(
                  context,
                  stream,
                  random,
                  step,
                  device.properties().cacheBytes(),
                  TimedRun.MOST_LAUNCHES));
      return time(memory, candidates, handles, arena);
    } catch (CudaException exception) {
      if (exception.exitCode() != ExitCode.OUT_OF_MEMORY) {
        throw exception;
      }
      StepTime refused = new StepTime.Refused(exception.sentence());
      return Collections.nCopies(candidates.size(), refused);
    } finally {
      if (!lost) {
        handles.close();
        arena.close();
      }
    }
  }

  private List<StepTime> time(
      TimedMemory memory, List<TimedKernels> candidates, HandleStack handles, Arena arena) {
    Map<Integer, StepTime> times = new TreeMap<>();
    Map<Integer, TimedRun> runs = new TreeMap<>();
    for (int i = 0; i < candidates.size(); i++) {
      int index = i;
      TimedKernels kernels = candidates.get(i);
      guarded(
          kernels.label(),
          () -> {
            try {
              runs.put(index, handles.add(new TimedRun(context, stream, kernels, memory, arena)));
            } catch (CudaException exception) {
              times.put(index, refusal(kernels.label(), exception));
            }
          });
    }
    dropHopeless(runs, times);
    List<TimedRun> all = new ArrayList<>(runs.values());
    Random order = new Random(SEED);
    sample(all, order);
    all.sort(Comparator.comparingLong(TimedRun::median));
    sampleMore(
        all.subList(0, Math.min(all.size(), Math.max(2, Math.ceilDiv(all.size(), 4)))), order);
    runs.forEach((index, run) -> times.put(index, run.time()));
    return List.copyOf(times.values());
  }

  private static void dropHopeless(Map<Integer, TimedRun> runs, Map<Integer, StepTime> times) {
    long least = runs.values().stream().mapToLong(TimedRun::probeNanos).min().orElse(0);
    runs.entrySet()
        .removeIf(entry -> {
          long probe = entry.getValue().probeNanos();
          boolean hopeless = probe > HOPELESS * least;
          if (hopeless) {
            times.put(entry.getKey(), new StepTime.Taken(probe, probe, probe));
          }
          return hopeless;
        });
  }

  private void sample(List<TimedRun> runs, Random order) {
    for (int i = 0; i < WARM_UPS; i++) {
      runs.forEach(run -> guarded(run.label(), run::warmUp));
    }
    for (int i = 0; i < SAMPLES; i++) {
      round(runs, order);
    }
  }

  private void sampleMore(List<TimedRun> runs, Random order) {
    long end = System.nanoTime() + MORE_NANOS;
    for (int i = 0; i < MORE_SAMPLES && System.nanoTime() - end < 0; i++) {
      round(runs, order);
    }
  }

  private void round(List<TimedRun> runs, Random order) {
    List<TimedRun> shuffled = new ArrayList<>(runs);
    Collections.shuffle(shuffled, order);
    shuffled.forEach(run -> guarded(run.label(), run::sample));
  }

  /// Work of one candidate. Where it ends in an exception that is not a mere refusal, nothing of
  /// the GPU may be touched any more, not even to free it: that would fail, or wait for ever.
  private void guarded(String label, Runnable work) {
    try {
      work.run();
    } catch (CudaException exception) {
      lost = true;
      throw fault(label, exception);
    } catch (LatheException exception) {
      lost = true;
      throw exception;
    }
  }

  private StepTime refusal(String label, CudaException exception) {
    if (!isAlive()) {
      lost = true;
      throw fault(label, exception);
    }
    return new StepTime.Refused(exception.sentence());
  }

  private static LatheException fault(String label, CudaException exception) {
    return new LatheException(
        ExitCode.FAILURE,
        "kernel-fault",
        label + " made the GPU unusable: " + exception.sentence(),
        "build with --tune off, and report the kernel",
        exception);
  }

  /// A fault ends the context: every later call reports it.
  private boolean isAlive() {
    try {
      stream.synchronize();
      context.allocate(1, "a try").close();
      return true;
    } catch (CudaException _) {
      return false;
    }
  }

  /// Closes kernels that were loaded and not timed, then this.
  public void close(List<TimedKernels> rest) {
    if (!lost) {
      context.makeCurrent();
      rest.forEach(TimedKernels::close);
      close();
    }
  }

  @Override
  public void close() {
    if (!lost) {
      context.makeCurrent();
      random.close();
      stream.close();
      device.close();
    }
  }
}
