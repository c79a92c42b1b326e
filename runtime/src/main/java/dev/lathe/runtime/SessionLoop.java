package dev.lathe.runtime;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.StepExecutor;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.schedule.Scheduler;
import dev.lathe.runtime.schedule.SchedulerLimits;
import dev.lathe.runtime.schedule.SequenceState;
import dev.lathe.runtime.schedule.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the driver thread does: one tick after the other. A tick makes a step and gives it to the
/// device; then it publishes the tokens of the step before, which the device has finished
/// meanwhile. So the host's part of one step overlaps the device's part of another. Where a step
/// depends on tokens or logits that the host must see first, the two come one after the other.
final class SessionLoop {
  private final StepExecutor executor;
  private final Scheduler<Generation> scheduler;
  private final SessionMetrics metrics;
  private final TextThread texts;
  private final StepLog log;
  private final BatchBuilder builder;
  private StepInFlight next = new StepInFlight();
  private StepInFlight spare = new StepInFlight();
  private @Nullable StepInFlight flying;
  private final float[] logits;
  private final List<Generation> alive = new ArrayList<>();
  private int[] tokens = new int[16];
  private long lastMark = System.nanoTime();
  private long seenPreemptions;
  private long seenReusedTokens;

  SessionLoop(
      StepExecutor executor,
      Manifest manifest,
      SchedulerLimits limits,
      SessionOptions options,
      SessionMetrics metrics,
      TextThread texts) {
    this.executor = executor;
    this.log = new StepLog(options.steps());
    this.texts = texts;
    this.metrics = metrics;
    this.scheduler = new Scheduler<>(limits, options.policy(), options.blockReuse());
    this.builder = new BatchBuilder(manifest.kvCache().maxBlocksPerSequence(manifest.limits()));
    this.logits = new float[manifest.model().outputColumns()];
  }

  boolean isIdle() {
    return scheduler.isIdle() && flying == null;
  }

  void submit(Generation generation) {
    scheduler.submit(generation);
    alive.add(generation);
    metrics.add(Counter.SEQUENCES, 1);
  }

  /// Ends a sequence, unless it has ended by itself.
  void cancel(Generation generation) {
    if (generation.state() != SequenceState.ENDED) {
      metrics.add(Counter.CANCELLED, 1);
      end(generation, FinishReason.CANCELLED);
    }
  }

  /// Ends every stream with the failure of the device.
  void fail(RuntimeException failure) {
    alive.forEach(generation -> generation.stream().fail(failure));
    metrics.add(Counter.FAILED, alive.size());
    alive.clear();
  }

  /// Begins a step, and ends the one before it.
  void tick() {
    StepInFlight before = flying;
    if (before != null && before.decidesTheNext()) {
      flying = null;
      land(before);
      before = null;
    }
    StepInFlight begun = begin();
    flying = begun;
    if (before != null) {
      land(before);
    }
    if (begun != null && (executor.stepsInFlight() == 1 || begun.givesLogits())) {
      flying = null;
      land(begun);
    }
  }

  /// After a pause, so that waiting for requests does not count as work.
  void resume() {
    lastMark = System.nanoTime();
    log.resume();
  }

  /// Gives the next step to the device; null if there is none.
  private @Nullable StepInFlight begin() {
    StepInFlight step = next;
    Tick<Generation> tick = step.tick();
    scheduler.next(tick);
    if (tick.size() == 0) {
      return null;
    }
    next = spare;
    spare = step;
    step.begin();
    Batch batch = builder.build(step);
    count(step, batch);
    mark(Counter.HOST_NANOS);
    executor.execute(batch);
    mark(Counter.STEP_NANOS);
    readContextRows(step);
    scheduler.complete(tick);
    for (int i = 0; i < tick.size(); i++) {
      Generation sequence = tick.sequence(i);
      if (step.samples(i) && sequence.expectedLength() < sequence.maxLength()) {
        step.promise(i);
        scheduler.promise(sequence);
        sequence.lastRow(step.row(i));
      }
    }
    return step;
  }

  /// Counts the time since the last mark.
  private void mark(Counter counter) {
    long now = System.nanoTime();
    metrics.add(counter, now - lastMark);
    lastMark = now;
  }

  /// Waits for the tokens of a step and publishes them.
  private void land(StepInFlight step) {
    Tick<Generation> tick = step.tick();
    if (tokens.length < tick.tokens()) {
      tokens = new int[2 * tick.tokens()];
    }
    mark(Counter.HOST_NANOS);
    executor.readTokens(tokens);
    mark(Counter.STEP_NANOS);
    log.land();
    for (int i = 0; i < tick.size(); i++) {
      Generation sequence = tick.sequence(i);
      if (sequence.state() == SequenceState.ENDED) {
        continue;
      }
      if (sequence.failed()) {
        remove(sequence);
        metrics.add(Counter.FAILED, 1);
      } else if (step.samples(i)) {
        publish(sequence, step.row(i), step.promised(i));
      }
    }
  }

  private void count(StepInFlight step, Batch batch) {
    Tick<Generation> tick = step.tick();
    metrics.add(Counter.STEPS, 1);
    if (batch.kind() == Profile.Kind.DECODE) {
      metrics.add(Counter.DECODE_STEPS, 1);
    }
    int sampled = 0;
    for (int i = 0; i < tick.size(); i++) {
      Generation sequence = tick.sequence(i);
      boolean generates = sequence.expectedLength() > sequence.promptLength();
      sampled += step.samples(i) && generates ? 1 : 0;
    }
    metrics.add(Counter.PROMPT_TOKENS, tick.tokens() - sampled);
    log.begin(tick, batch.kind(), tick.tokens() - sampled, scheduler);
    metrics.add(Counter.PREEMPTIONS, scheduler.preemptions() - seenPreemptions);
    seenPreemptions = scheduler.preemptions();
    metrics.add(Counter.REUSED_TOKENS, scheduler.reusedTokens() - seenReusedTokens);
    seenReusedTokens = scheduler.reusedTokens();
    metrics.state(scheduler.runningCount(), scheduler.waitingCount(), scheduler.freeBlocks());
  }

  private void readContextRows(StepInFlight step) {
    Tick<Generation> tick = step.tick();
    int firstRow = 0;
    for (int i = 0; i < tick.size(); i++) {
      firstRow = readContextRows(tick.sequence(i), tick.count(i), step.samples(i), firstRow);
    }
  }

  /// Hands out the rows of prompt tokens, and returns the first row of the next sequence.
  private int readContextRows(Generation sequence, int count, boolean sampled, int firstRow) {
    int row = firstRow;
    int last = sequence.computed() + count - 1;
    for (int position = sequence.computed(); position <= last; position++) {
      if (sequence.wantsContextRow(position)) {
        executor.readLogits(row, logits);
        sequence.contextRow(position, logits);
        row++;
      } else if (sampled && position == last) {
        row++;
      }
    }
    return row;
  }

  private void publish(Generation sequence, int row, boolean promised) {
    if (!promised) {
      metrics.add(Counter.FINISHED, 1);
      end(sequence, FinishReason.LENGTH);
      return;
    }
    if (sequence.keepsGenerationLogits()) {
      executor.readLogits(row, logits);
      sequence.generationRow(logits);
    }
    scheduler.append(sequence, tokens[row]);
    metrics.add(Counter.OUTPUT_TOKENS, 1);
    Optional<FinishReason> reason = sequence.publish(tokens[row], texts);
    if (reason.isPresent()) {
      metrics.add(Counter.FINISHED, 1);
      end(sequence, reason.get());
    }
  }

  private void end(Generation sequence, FinishReason reason) {
    remove(sequence);
    sequence.finish(reason, texts);
  }

  private void remove(Generation sequence) {
    scheduler.end(sequence);
    alive.remove(sequence);
    metrics.state(scheduler.runningCount(), scheduler.waitingCount(), scheduler.freeBlocks());
  }
}
