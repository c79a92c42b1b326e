package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Looks times up by template and configuration; what is not in the table fails. Each problem takes
/// a second of its own clock.
final class TableTimer implements CandidateTimer {
  private static final long SECOND = 1_000_000_000;

  final List<String> asked = new ArrayList<>();
  private final Map<String, Long> nanos;
  private long now;

  TableTimer(Map<String, Long> nanos) {
    this.nanos = nanos;
  }

  long now() {
    return now;
  }

  @Override
  public void expect(List<TuningTask> tasks) {}

  @Override
  public List<Timing> time(TuningTask task) {
    now += SECOND;
    asked.add(task.label());
    return task.contenders().stream().map(this::timing).toList();
  }

  private Timing timing(Contender contender) {
    Long time = nanos.get(contender.candidate().template() + contender.candidate().config());
    return time == null
        ? new Timing.Failed("it spills")
        : new Timing.Measured(new KernelChoice.Nanos(time, time - 1, time + 1));
  }

  @Override
  public void close() {}
}
