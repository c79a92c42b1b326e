package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One candidate on the operands of a step: its launches are recorded into a graph, so that the
/// host adds nothing, each on another copy of what shall not be in the GPU's cache.
final class TimedRun implements Handle {
  /// Code of the error where a kernel does not end.
  static final String HANG = "kernel-hang";

  /// Launches of the step in a graph.
  static final int MOST_LAUNCHES = 20;

  private static final long GRAPH_NANOS = 2_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final HandleStack handles = new HandleStack();
  private final CudaStream stream;
  private final Sizes sizes;
  private final String label;
  private final List<StepLaunches> copies = new ArrayList<>();
  private final CudaEvent start;
  private final CudaEvent end;
  private final long probeNanos;
  private final int launches;
  private final CudaGraph graph;
  private final List<Long> samples = new ArrayList<>();

  /// Launches the step twice, and records the graph.
  ///
  /// @param arena holds the arguments
  /// @throws CudaException if a launch is refused or faults
  /// @throws LatheException `kernel-hang`, exit code 1, if it does not end
  TimedRun(
      CudaContext context,
      CudaStream stream,
      TimedKernels kernels,
      TimedMemory memory,
      Arena arena) {
    this(
        context,
        stream,
        kernels,
        memory,
        StepLaunches.sharedPercent(kernels.launches(), kernels::kernel),
        arena);
  }

  /// As in a plan whose kernels ask for `sharedPercent` of a multiprocessor's fast memory.
  TimedRun(
      CudaContext context,
      CudaStream stream,
      TimedKernels kernels,
      TimedMemory memory,
      int sharedPercent,
      Arena arena) {
    this.stream = stream;
    this.sizes = memory.sizes();
    this.label = kernels.label();
    try {
      Map<String, DeviceBuffer> workspace = workspace(context, kernels);
      for (int i = 0; i < memory.copies(); i++) {
        int copy = i;
        copies.add(
            new StepLaunches(
                label,
                kernels.launches(),
                kernels::kernel,
                ref -> address(ref, workspace, memory, copy),
                sharedPercent,
                arena));
      }
      this.start = handles.add(context.event(true));
      this.end = handles.add(context.event(true));
      // The first launch also loads what the driver loads late.
      nanos(() -> copies.getFirst().launch(stream, sizes));
      this.probeNanos = nanos(() -> copies.getLast().launch(stream, sizes));
      this.launches = Math.clamp(GRAPH_NANOS / Math.max(1, probeNanos), 1, MOST_LAUNCHES);
      this.graph = handles.add(stream.capture(this::putLaunches));
      graph.upload(stream);
    } catch (CudaException exception) {
      // A fault makes these fail too; the first failure is the one to tell.
      closeAfter(exception);
      throw exception;
    }
  }

  private void closeAfter(CudaException exception) {
    try {
      handles.close();
    } catch (CudaException second) {
      exception.addSuppressed(second);
    }
  }

  private Map<String, DeviceBuffer> workspace(CudaContext context, TimedKernels kernels) {
    Map<String, DeviceBuffer> workspace = new HashMap<>();
    kernels
        .workspaceBytes()
        .forEach((name, bytes) -> {
          DeviceBuffer buffer = handles.add(context.allocate(bytes, "workspace " + name));
          stream.clear(buffer);
          workspace.put(name, buffer);
        });
    return workspace;
  }

  private static long address(
      Ref ref, Map<String, DeviceBuffer> workspace, TimedMemory memory, int copy) {
    DeviceBuffer own = workspace.get(ref.name());
    return own == null ? memory.address(ref, copy) : own.address();
  }

  private void putLaunches() {
    for (int i = 0; i < launches; i++) {
      StepLaunches copy = copies.get(i % copies.size());
      if (i == 0) {
        copy.launch(stream, sizes);
      } else {
        copy.launchAfterAnother(stream, sizes);
      }
    }
  }

  /// Nanoseconds of a single execution, roughly: the launch itself is part of it.
  long probeNanos() {
    return probeNanos;
  }

  String label() {
    return label;
  }

  /// Replays the graph, and waits for it.
  void warmUp() {
    nanos(() -> graph.launch(stream));
  }

  /// Replays the graph, and notes the time.
  void sample() {
    samples.add(Math.round(nanosOfOne()));
  }

  /// Replays the graph, and returns the mean nanoseconds of one execution of the step.
  double nanosOfOne() {
    return nanos(() -> graph.launch(stream)) / (double) launches;
  }

  /// The median of the samples so far.
  long median() {
    return time().median();
  }

  StepTime.Taken time() {
    return StepTime.Taken.of(samples.stream().mapToLong(Long::longValue).toArray());
  }

  private long nanos(Runnable work) {
    start.record(stream);
    work.run();
    end.record(stream);
    if (!end.awaitWithin(PATIENCE)) {
      throw new LatheException(
          ExitCode.FAILURE,
          HANG,
          label + " has not ended after " + PATIENCE.toSeconds() + " s",
          "build with --tune off, and report the kernel");
    }
    return end.nanosSince(start);
  }

  @Override
  public void close() {
    handles.close();
  }
}
