package dev.lathe.runtime;

import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.metrics.StepListener;
import dev.lathe.runtime.metrics.StepRecord;
import dev.lathe.runtime.schedule.Scheduler;
import dev.lathe.runtime.schedule.Tick;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Tells a listener of each step, when it has landed. Steps land in the order in which they began.
final class StepLog {
  private final Optional<StepListener> listener;
  private final Deque<StepRecord> flying = new ArrayDeque<>();
  private long count;
  private long lastEnd = System.nanoTime();

  StepLog(Optional<StepListener> listener) {
    this.listener = listener;
  }

  /// After a pause, which belongs to no step.
  void resume() {
    lastEnd = System.nanoTime();
  }

  /// Notes a step that is made and has not advanced its sequences yet.
  void begin(Tick<Generation> tick, Profile.Kind kind, int promptTokens, Scheduler<?> scheduler) {
    if (listener.isEmpty()) {
      return;
    }
    long contextTokens = 0;
    for (int i = 0; i < tick.size(); i++) {
      contextTokens += tick.sequence(i).computed() + tick.count(i);
    }
    flying.add(
        new StepRecord(
            count++,
            kind,
            tick.tokens(),
            promptTokens,
            tick.size(),
            contextTokens,
            scheduler.waitingCount(),
            scheduler.freeBlocks(),
            0,
            0));
  }

  /// Notes that the tokens of the oldest step in flight are there.
  void land() {
    if (listener.isPresent()) {
      long now = System.nanoTime();
      listener.get().step(flying.remove().withTimes(lastEnd, now));
      lastEnd = now;
    }
  }
}
