package dev.lathe.runtime.schedule;

/// Where a sequence stands.
public enum SequenceState {
  /// Made, but not yet given to a scheduler.
  NEW,
  /// In the queue; it has no blocks.
  WAITING,
  /// Takes part in ticks.
  RUNNING,
  /// Done, for whatever reason; it has no blocks and never runs again.
  ENDED
}
