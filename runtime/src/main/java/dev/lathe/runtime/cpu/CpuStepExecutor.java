package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.CarriedTokens;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import dev.lathe.runtime.plugin.CpuOperations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs plans by the meaning of their steps; the launches are not looked at. A step is done when
/// [#execute(Batch)] returns.
final class CpuStepExecutor implements StepExecutor {
  private final int kvBlocks;
  private final boolean profiling;
  private final CpuOps ops;
  private final CpuBuffers buffers;
  private final List<CpuPlan> plans = new ArrayList<>();
  private final Map<String, KernelTime> times = new LinkedHashMap<>();

  CpuStepExecutor(
      EngineImage image,
      int kvBlocks,
      boolean profiling,
      Workers workers,
      CpuOperations operations) {
    requireOperations(image, operations);
    this.kvBlocks = kvBlocks;
    this.profiling = profiling;
    this.ops = new CpuOps(workers, operations);
    this.buffers = new CpuBuffers(image.manifest(), kvBlocks);
    CpuWeights weights = CpuWeights.load(image, workers);
    for (Plan plan : image.plans()) {
      plans.add(new CpuPlan(plan, weights, buffers));
    }
  }

  /// A missing plugin is noticed now, and not in the middle of a request.
  private static void requireOperations(EngineImage image, CpuOperations operations) {
    image.plans().stream()
        .flatMap(plan -> plan.steps().stream())
        .map(Step::op)
        .filter(StepOp.Custom.class::isInstance)
        .forEach(op -> operations.require(((StepOp.Custom) op).name()));
  }

  @Override
  public int kvBlocks() {
    return kvBlocks;
  }

  @Override
  public int stepsInFlight() {
    return 1;
  }

  @Override
  public void execute(Batch batch) {
    CpuPlan plan = select(batch);
    carryTokens(batch);
    buffers.bind(batch);
    plan.shape(batch.sizes());
    for (Step step : plan.plan().steps()) {
      long start = profiling ? System.nanoTime() : 0;
      ops.run(step.op(), plan);
      if (profiling) {
        record(step, System.nanoTime() - start);
      }
    }
  }

  /// Here the tokens of the last step are known, so that their ids can be filled in.
  private void carryTokens(Batch batch) {
    CarriedTokens carried = batch.carried();
    for (int run = 0; run < carried.runs(); run++) {
      System.arraycopy(
          buffers.tokens().data(),
          carried.row(run),
          batch.ints(BatchInput.TOKEN_IDS, 0),
          carried.token(run),
          carried.count(run));
    }
  }

  private CpuPlan select(Batch batch) {
    for (CpuPlan plan : plans) {
      if (plan.plan().profile().fits(batch.kind(), batch.isGreedy(), batch.sizes())) {
        return plan;
      }
    }
    throw new IllegalStateException("no plan fits " + batch.kind() + " " + batch.sizes());
  }

  private void record(Step step, long nanos) {
    String name = step.name() + " " + step.op().getClass().getSimpleName();
    times.merge(
        name,
        new KernelTime(name, 1, nanos),
        (old, one) -> new KernelTime(name, old.launches() + 1, old.nanos() + one.nanos()));
  }

  @Override
  public void readTokens(int[] tokens) {
    System.arraycopy(buffers.tokens().data(), 0, tokens, 0, buffers.tokens().rows());
  }

  @Override
  public void readLogits(int row, float[] logits) {
    int columns = buffers.logits().columns();
    System.arraycopy(buffers.logits().data(), row * columns, logits, 0, columns);
  }

  @Override
  public List<KernelTime> kernelTimes() {
    return List.copyOf(times.values());
  }

  @Override
  public void close() {}
}
