package dev.lathe.runtime;

import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Another device that hands tokens out one step late, as a GPU does. Counts the steps that began
/// before the tokens of the one before were read.
final class LaggingDevice implements Device {
  private final Device device;
  private int overlaps;

  LaggingDevice(Device device) {
    this.device = device;
  }

  int overlaps() {
    return overlaps;
  }

  @Override
  public String description() {
    return device.description() + ", lagging";
  }

  @Override
  public StepExecutor open(EngineImage image, DeviceLimits limits) {
    return new Lagging(device.open(image, limits));
  }

  @Override
  public void close() {
    device.close();
  }

  private final class Lagging implements StepExecutor {
    private final StepExecutor executor;
    private final Deque<int[]> sampled = new ArrayDeque<>();

    Lagging(StepExecutor executor) {
      this.executor = executor;
    }

    @Override
    public int kvBlocks() {
      return executor.kvBlocks();
    }

    @Override
    public int stepsInFlight() {
      return 2;
    }

    @Override
    public void execute(Batch batch) {
      overlaps += sampled.size();
      if (sampled.size() > 1) {
        throw new IllegalStateException("three steps in flight");
      }
      executor.execute(batch);
      int[] tokens = new int[(int) batch.sizes().logitRows()];
      executor.readTokens(tokens);
      sampled.addLast(tokens);
    }

    @Override
    public void readTokens(int[] tokens) {
      int[] oldest = sampled.removeFirst();
      System.arraycopy(oldest, 0, tokens, 0, oldest.length);
    }

    @Override
    public void readLogits(int row, float[] logits) {
      executor.readLogits(row, logits);
    }

    @Override
    public List<KernelTime> kernelTimes() {
      return executor.kernelTimes();
    }

    @Override
    public void close() {
      executor.close();
    }
  }
}
