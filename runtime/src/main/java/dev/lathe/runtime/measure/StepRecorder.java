package dev.lathe.runtime.measure;

import dev.lathe.runtime.metrics.StepListener;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.ArrayList;
import java.util.List;

/// Keeps the steps of a session. Thread-safe.
public final class StepRecorder implements StepListener {
  private final List<StepRecord> steps = new ArrayList<>();

  @Override
  public synchronized void step(StepRecord step) {
    steps.add(step);
  }

  /// The steps since the last call, in order.
  public synchronized List<StepRecord> take() {
    List<StepRecord> taken = List.copyOf(steps);
    steps.clear();
    return taken;
  }
}
