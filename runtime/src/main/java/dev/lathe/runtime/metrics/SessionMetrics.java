package dev.lathe.runtime.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counters of one session, from its start. Thread-safe.
public final class SessionMetrics {
  private final Map<Counter, LongAdder> counters = new EnumMap<>(Counter.class);
  private volatile State state = new State(0, 0, 0);

  public SessionMetrics() {
    for (Counter counter : Counter.values()) {
      counters.put(counter, new LongAdder());
    }
  }

  /// What is counted.
  public enum Counter {
    /// Sequences that were submitted.
    SEQUENCES,
    /// Sequences that ended by themselves.
    FINISHED,
    CANCELLED,
    FAILED,
    /// Steps that were executed, and those of them in which every sequence had one token.
    STEPS,
    DECODE_STEPS,
    /// Prompt tokens computed, those of interrupted sequences again.
    PROMPT_TOKENS,
    /// Tokens of prompts, and of interrupted sequences, that were not computed, because blocks with
    /// them were reused.
    REUSED_TOKENS,
    /// Tokens generated.
    OUTPUT_TOKENS,
    /// Sequences interrupted for want of KV blocks.
    PREEMPTIONS,
    /// Time in steps, and between them, of the driver thread.
    STEP_NANOS,
    HOST_NANOS
  }

  /// What is so right now.
  ///
  /// @param running sequences that take part in steps
  /// @param waiting sequences in the queue
  /// @param freeBlocks of the KV pool, those too whose content may be reused
  public record State(int running, int waiting, int freeBlocks) {}

  public void add(Counter counter, long amount) {
    adder(counter).add(amount);
  }

  /// The value of a counter.
  public long value(Counter counter) {
    return adder(counter).sum();
  }

  private LongAdder adder(Counter counter) {
    LongAdder adder = counters.get(counter);
    if (adder == null) {
      throw new IllegalStateException("no counter " + counter);
    }
    return adder;
  }

  /// Publishes the state if it changed.
  public void state(int running, int waiting, int freeBlocks) {
    State old = state;
    if (old.running != running || old.waiting != waiting || old.freeBlocks != freeBlocks) {
      state = new State(running, waiting, freeBlocks);
    }
  }

  public State state() {
    return state;
  }
}
