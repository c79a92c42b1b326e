package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.runtime.device.StepExecutor.KernelTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs launches between pairs of events, and adds up the time of each kind. Recorded into a graph,
/// which takes long but costs the GPU nothing, the times are the kernels' own; launched one by one,
/// a short kernel's time is that of its launch.
final class LaunchTimer implements Handle {
  private final CudaContext context;
  private final boolean graphs;
  private final HandleStack handles = new HandleStack();
  private final List<CudaEvent> starts = new ArrayList<>();
  private final List<CudaEvent> ends = new ArrayList<>();
  private final Map<String, KernelTime> times = new TreeMap<>();

  /// @param graphs true: record each run into a graph of its own
  LaunchTimer(CudaContext context, boolean graphs) {
    this.context = context;
    this.graphs = graphs;
  }

  /// Runs the launches, and waits for them.
  void run(List<PreparedLaunch> launches, Sizes sizes, InputBlock inputs, CudaStream stream) {
    while (starts.size() < launches.size()) {
      starts.add(handles.add(context.event(true)));
      ends.add(handles.add(context.event(true)));
    }
    if (graphs) {
      try (CudaGraph graph = stream.capture(() -> putLaunches(launches, sizes, inputs, stream))) {
        graph.upload(stream);
        graph.launch(stream);
        stream.synchronize();
      }
    } else {
      putLaunches(launches, sizes, inputs, stream);
      stream.synchronize();
    }
    addTimes(launches);
  }

  private void putLaunches(
      List<PreparedLaunch> launches, Sizes sizes, InputBlock inputs, CudaStream stream) {
    for (int i = 0; i < launches.size(); i++) {
      record(starts.get(i), stream);
      launches.get(i).launchAlone(stream, sizes, inputs);
      record(ends.get(i), stream);
    }
  }

  private void record(CudaEvent event, CudaStream stream) {
    if (graphs) {
      event.recordInGraph(stream);
    } else {
      event.record(stream);
    }
  }

  private void addTimes(List<PreparedLaunch> launches) {
    for (int i = 0; i < launches.size(); i++) {
      long nanos = ends.get(i).nanosSince(starts.get(i));
      times.merge(
          launches.get(i).label(),
          new KernelTime(launches.get(i).label(), 1, nanos),
          LaunchTimer::sum);
    }
  }

  private static KernelTime sum(KernelTime left, KernelTime right) {
    return new KernelTime(
        left.step(), left.launches() + right.launches(), left.nanos() + right.nanos());
  }

  /// The longest first.
  List<KernelTime> times() {
    return times.values().stream()
        .sorted(Comparator.comparingLong(KernelTime::nanos).reversed())
        .toList();
  }

  @Override
  public void close() {
    handles.close();
  }
}
