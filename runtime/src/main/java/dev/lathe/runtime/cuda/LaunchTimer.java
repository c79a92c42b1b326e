package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.runtime.device.StepExecutor.KernelTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs launches between pairs of events, and adds up the time of each kind. The GPU waits for the
/// host between small kernels, so a time is at least that of a launch.
final class LaunchTimer implements Handle {
  private final CudaContext context;
  private final HandleStack handles = new HandleStack();
  private final List<CudaEvent> starts = new ArrayList<>();
  private final List<CudaEvent> ends = new ArrayList<>();
  private final Map<String, KernelTime> times = new TreeMap<>();

  LaunchTimer(CudaContext context) {
    this.context = context;
  }

  /// Runs the launches, and waits for them.
  void run(List<PreparedLaunch> launches, Sizes sizes, InputBlock inputs, CudaStream stream) {
    while (starts.size() < launches.size()) {
      starts.add(handles.add(context.event(true)));
      ends.add(handles.add(context.event(true)));
    }
    for (int i = 0; i < launches.size(); i++) {
      starts.get(i).record(stream);
      launches.get(i).launch(stream, sizes, inputs);
      ends.get(i).record(stream);
    }
    stream.synchronize();
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
