package dev.lathe.runtime;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// A device that computes nothing: every token is 7. Fails at a given step.
final class FakeExecutor implements StepExecutor, Device {
  private final int failingStep;
  private int steps;
  private final Deque<Integer> rows = new ArrayDeque<>();
  private boolean closed;
  private int greedySteps;
  private int samplingSteps;
  private int wronglyGreedySteps;

  FakeExecutor(int failingStep) {
    this.failingStep = failingStep;
  }

  /// Steps of which nothing but the tokens of the greatest logits was wanted.
  int greedySteps() {
    return greedySteps;
  }

  /// Steps with a row that takes another token than the one of the greatest logit.
  int samplingSteps() {
    return samplingSteps;
  }

  /// Those of them that were to do without logits.
  int wronglyGreedySteps() {
    return wronglyGreedySteps;
  }

  int steps() {
    return steps;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public String description() {
    return "nothing";
  }

  @Override
  public StepExecutor open(EngineImage image, DeviceLimits limits) {
    return this;
  }

  @Override
  public int kvBlocks() {
    return 1000;
  }

  @Override
  public int stepsInFlight() {
    return 2;
  }

  @Override
  public void execute(Batch batch) {
    if (steps++ == failingStep) {
      throw new IllegalStateException("the device is gone");
    }
    greedySteps += batch.isGreedy() ? 1 : 0;
    if (samples(batch)) {
      samplingSteps++;
      wronglyGreedySteps += batch.isGreedy() ? 1 : 0;
    }
    rows.addLast((int) batch.sizes().logitRows());
  }

  private static boolean samples(Batch batch) {
    int[] topK = batch.ints(BatchInput.TOP_K, 0);
    for (int row = 0; row < batch.sizes().logitRows(); row++) {
      if (topK[row] != 1) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void readTokens(int[] tokens) {
    Arrays.fill(tokens, 0, rows.removeFirst(), 7);
  }

  @Override
  public void readLogits(int row, float[] logits) {}

  @Override
  public List<KernelTime> kernelTimes() {
    return List.of();
  }

  @Override
  public void close() {
    closed = true;
  }
}
