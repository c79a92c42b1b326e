package dev.lathe.runtime;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.StepExecutor;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.runtime.schedule.Scheduler;
import dev.lathe.runtime.schedule.SchedulerLimits;
import dev.lathe.runtime.schedule.SequenceState;
import dev.lathe.runtime.schedule.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the driver thread does: one tick after the other. A tick is prepared, executed and
/// published; the three are apart so that the host's part of one tick can later overlap the
/// device's part of another.
final class SessionLoop {
  private final StepExecutor executor;
  private final Scheduler<Generation> scheduler;
  private final SessionMetrics metrics;
  private final TextThread texts;
  private final BatchBuilder builder;
  private final Tick<Generation> tick = new Tick<>();
  private final float[] logits;
  private final List<Generation> alive = new ArrayList<>();
  private int[] tokens = new int[16];
  private boolean[] samples = new boolean[16];
  private long lastStepEnd = System.nanoTime();
  private long seenPreemptions;

  SessionLoop(
      StepExecutor executor,
      Manifest manifest,
      SchedulerLimits limits,
      Policy policy,
      SessionMetrics metrics,
      TextThread texts) {
    this.executor = executor;
    this.texts = texts;
    this.metrics = metrics;
    this.scheduler = new Scheduler<>(limits, policy);
    this.builder = new BatchBuilder(manifest.kvCache().maxBlocksPerSequence(manifest.limits()));
    this.logits = new float[manifest.model().vocabularySize()];
  }

  boolean isIdle() {
    return scheduler.isIdle();
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

  /// Runs one step.
  void tick() {
    Batch batch = prepare();
    long start = System.nanoTime();
    metrics.add(Counter.HOST_NANOS, start - lastStepEnd);
    executor.execute(batch);
    executor.readTokens(tokens);
    lastStepEnd = System.nanoTime();
    metrics.add(Counter.STEP_NANOS, lastStepEnd - start);
    publish();
  }

  /// After a pause, so that waiting for requests does not count as work.
  void resume() {
    lastStepEnd = System.nanoTime();
  }

  private Batch prepare() {
    scheduler.next(tick);
    Batch batch = builder.build(tick);
    int rows = Math.toIntExact(batch.sizes().logitRows());
    if (tokens.length < rows) {
      tokens = new int[2 * rows];
    }
    if (samples.length < tick.size()) {
      samples = new boolean[2 * tick.size()];
    }
    for (int i = 0; i < tick.size(); i++) {
      samples[i] = tick.samples(i);
    }
    count(batch);
    return batch;
  }

  private void count(Batch batch) {
    metrics.add(Counter.STEPS, 1);
    if (batch.kind() == Profile.Kind.DECODE) {
      metrics.add(Counter.DECODE_STEPS, 1);
    }
    int sampled = 0;
    for (int i = 0; i < tick.size(); i++) {
      sampled += samples[i] && tick.sequence(i).outputLength() > 0 ? 1 : 0;
    }
    metrics.add(Counter.PROMPT_TOKENS, tick.tokens() - sampled);
    metrics.add(Counter.PREEMPTIONS, scheduler.preemptions() - seenPreemptions);
    seenPreemptions = scheduler.preemptions();
    metrics.state(scheduler.runningCount(), scheduler.waitingCount(), scheduler.freeBlocks());
  }

  private void publish() {
    int firstRow = 0;
    for (int i = 0; i < tick.size(); i++) {
      firstRow = readContextRows(tick.sequence(i), tick.count(i), samples[i], firstRow);
    }
    scheduler.complete(tick);
    for (int i = 0; i < tick.size(); i++) {
      if (tick.sequence(i).failed()) {
        remove(tick.sequence(i));
        metrics.add(Counter.FAILED, 1);
      } else if (samples[i]) {
        publish(tick.sequence(i), builder.sampleRow(i));
      }
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

  private void publish(Generation sequence, int row) {
    if (sequence.length() == sequence.maxLength()) {
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
