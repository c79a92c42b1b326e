package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer.OutputKind;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.device.Batch;
import dev.lathe.runtime.device.CarriedTokens;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs an engine's plans on a GPU. Decode batches replay graphs; mixed batches launch each kernel.
/// After the graphs of its buckets are recorded, a decode tick allocates nothing.
final class CudaStepExecutor implements StepExecutor {
  private final CudaContext context;
  private final CudaOptions options;
  private final Arena arguments = Arena.ofShared();
  private final HandleStack handles = new HandleStack();
  private final CudaStream stream;
  private final EngineMemory memory;
  private final InputBlock inputs;
  private final OutputReader outputs;
  private final List<PlanRunner> runners = new ArrayList<>();
  private final @Nullable LaunchTimer timer;
  private @Nullable Thread owner;
  private boolean closed;

  private CudaStepExecutor(CudaDevice device, EngineImage image, DeviceLimits limits) {
    this.context = device.context();
    this.options = device.options();
    try {
      List<Plan> plans = image.plans();
      Sizes most = greatest(plans);
      int width = image.manifest().kvCache().maxBlocksPerSequence(image.manifest().limits());
      this.stream = handles.add(context.stream());
      Kernels kernels = handles.add(Kernels.load(context, image, device.properties().capability()));
      this.inputs = handles.add(new InputBlock(context, most, width));
      this.memory = handles.add(EngineMemory.allocate(context, stream, image, limits));
      this.outputs = handles.add(new OutputReader(context, stream, memory, plans));
      for (Plan plan : plans) {
        runners.add(handles.add(new PlanRunner(plan, kernels, memory, arguments)));
      }
      this.timer =
          limits.profiling()
              ? handles.add(new LaunchTimer(context, options.graphs() && !options.blocking()))
              : null;
      stream.synchronize();
    } catch (RuntimeException exception) {
      close();
      throw exception;
    }
  }

  /// Loads the engine; its target was checked.
  static CudaStepExecutor open(CudaDevice device, EngineImage image, DeviceLimits limits) {
    return new CudaStepExecutor(device, image, limits);
  }

  private static Sizes greatest(List<Plan> plans) {
    Sizes most = new Sizes(0, 0, 0);
    for (Plan plan : plans) {
      Sizes max = plan.profile().max();
      most =
          new Sizes(
              Math.max(most.tokens(), max.tokens()),
              Math.max(most.sequences(), max.sequences()),
              Math.max(most.logitRows(), max.logitRows()));
    }
    return most;
  }

  @Override
  public int kvBlocks() {
    return memory.kvBlocks();
  }

  @Override
  public int stepsInFlight() {
    return timer == null && !options.blocking() ? 2 : 1;
  }

  @Override
  public void execute(Batch batch) {
    makeCurrent();
    PlanRunner runner = runnerFor(batch);
    if (inputs.reserve(batch, stream)) {
      runners.forEach(PlanRunner::dropGraphs);
    }
    if (usesGraphs() && batch.kind() == Profile.Kind.DECODE) {
      int bucket = runner.bucket(batch.sizes());
      send(batch, runner.bucketSizes(bucket));
      runner.runBucket(bucket, inputs, stream);
    } else {
      send(batch, batch.sizes());
      launchEach(runner, batch.sizes());
    }
    outputs.fetchTokens(batch.sizes().logitRows());
  }

  /// Copies the inputs to the GPU; ids that it alone knows come from the tokens it sampled last.
  private void send(Batch batch, Sizes sizes) {
    inputs.send(batch, sizes, stream);
    CarriedTokens carried = batch.carried();
    long ids = inputs.address(BatchInput.TOKEN_IDS);
    long sampled = memory.output(OutputKind.TOKENS).address();
    for (int run = 0; run < carried.runs(); run++) {
      stream.copy(
          ids + (long) carried.token(run) * Integer.BYTES,
          sampled + (long) carried.row(run) * Integer.BYTES,
          (long) carried.count(run) * Integer.BYTES);
    }
  }

  private boolean usesGraphs() {
    return options.graphs() && !options.blocking() && timer == null;
  }

  private void launchEach(PlanRunner runner, Sizes sizes) {
    if (timer != null) {
      timer.run(runner.launches(), sizes, inputs, stream);
    } else if (options.blocking()) {
      runner.runBlocking(sizes, inputs, stream);
    } else {
      runner.run(sizes, inputs, stream);
    }
  }

  private PlanRunner runnerFor(Batch batch) {
    for (int i = 0; i < runners.size(); i++) {
      if (runners.get(i).plan().profile().fits(batch.kind(), batch.isGreedy(), batch.sizes())) {
        return runners.get(i);
      }
    }
    throw new IllegalStateException(
        "no plan of the engine fits a " + batch.kind() + " batch of " + batch.sizes());
  }

  @Override
  public void readTokens(int[] tokens) {
    makeCurrent();
    outputs.readTokens(tokens);
  }

  @Override
  public void readLogits(int row, float[] logits) {
    makeCurrent();
    outputs.readLogits(row, logits);
  }

  @Override
  public List<KernelTime> kernelTimes() {
    return timer == null ? List.of() : timer.times();
  }

  /// The context belongs to a thread; the one that runs the session may not be the one that opened
  /// it.
  private void makeCurrent() {
    Thread thread = Thread.currentThread();
    if (thread != owner) {
      context.makeCurrent();
      owner = thread;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      context.makeCurrent();
      handles.close();
      arguments.close();
    }
  }
}
