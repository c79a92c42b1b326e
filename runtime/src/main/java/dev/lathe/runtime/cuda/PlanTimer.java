package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import dev.lathe.runtime.device.EngineImage;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// Times single steps of an engine with the kernels that the engine has for them. Operands hold
/// random numbers; weights, keys and values are not in the GPU's cache. Used by one thread.
public final class PlanTimer implements AutoCloseable {
  private static final int WARM_UPS = 3;

  private final CudaDevice device;
  private final CudaContext context;
  private final EngineImage image;
  private final Arena arena = Arena.ofShared();
  private final HandleStack handles = new HandleStack();
  private final CudaStream stream;
  private final RandomFill random;
  private boolean lost;

  /// @param device stays open
  /// @throws LatheException `wrong-target`, exit code 5, if the engine is for another GPU
  public PlanTimer(CudaDevice device, EngineImage image) {
    Targets.check(image.manifest().target(), device.properties());
    this.device = device;
    this.context = device.context();
    this.image = image;
    context.makeCurrent();
    this.stream = handles.add(context.stream());
    this.random = handles.add(new RandomFill(context, stream));
  }

  /// One step with its operands, ready to run.
  public final class Sampler implements AutoCloseable {
    private final TimedRun run;
    private final HandleStack parts;

    private Sampler(TimedRun run, HandleStack parts) {
      this.run = run;
      this.parts = parts;
    }

    /// Runs the step some times, and returns the mean nanoseconds of one execution.
    ///
    /// @throws LatheException exit code 1 if it fails or does not end
    public double sample() {
      try {
        return run.nanosOfOne();
      } catch (CudaException fault) {
        throw fault;
      } catch (LatheException hang) {
        lost = true;
        throw hang;
      }
    }

    @Override
    public void close() {
      if (!lost) {
        parts.close();
      }
    }
  }

  /// Gets a step ready.
  ///
  /// @param step of the plan; has launches
  /// @param sizes of the batch, which the plan's profile fits
  /// @param contextTokens length of each sequence
  /// @throws CudaException if memory does not suffice, or a kernel cannot be loaded
  public Sampler prepare(Plan plan, Step step, Sizes sizes, int contextTokens) {
    context.makeCurrent();
    HandleStack parts = new HandleStack();
    try {
      PlanStepOperands found = new PlanStepOperands(image.manifest(), plan, step);
      TimedMemory memory =
          parts.add(
              new TimedMemory(
                  context,
                  stream,
                  random,
                  found.timedStep(sizes, contextTokens),
                  device.properties().cacheBytes(),
                  TimedRun.MOST_LAUNCHES));
      TimedKernels kernels =
          parts.add(
              TimedKernels.load(
                  context,
                  step.name(),
                  step.launches().stream()
                      .map(Launch::kernel)
                      .distinct()
                      .map(this::kernel)
                      .toList(),
                  step.launches(),
                  found.workspaceBytes()));
      int sharedPercent = LaunchMode.sharedPercent(plan, name -> entry(name).sharedBytes());
      TimedRun run =
          parts.add(new TimedRun(context, stream, kernels, memory, sharedPercent, arena));
      for (int i = 0; i < WARM_UPS; i++) {
        run.warmUp();
      }
      return new Sampler(run, parts);
    } catch (CudaException exception) {
      closeAfter(exception, parts);
      throw exception;
    } catch (LatheException problem) {
      lost = problem.code().equals(TimedRun.HANG);
      if (!lost) {
        parts.close();
      }
      throw problem;
    }
  }

  /// A fault makes this fail too; the first failure is the one to tell.
  private static void closeAfter(CudaException exception, HandleStack parts) {
    try {
      parts.close();
    } catch (CudaException second) {
      exception.addSuppressed(second);
    }
  }

  /// True if a kernel did not end: the GPU must not be touched any more, not even to free it, as
  /// that would wait for ever.
  public boolean isLost() {
    return lost;
  }

  private KernelEntry entry(String name) {
    return image.manifest().kernels().stream()
        .filter(kernel -> kernel.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the engine has no kernel " + name));
  }

  private TimedKernels.Image kernel(String name) {
    KernelEntry entry = entry(name);
    boolean machineCode =
        entry.cubin()
            && Targets.runsMachineCode(image.manifest().target(), device.properties().capability());
    var code = machineCode ? image.cubin(name) : image.ptx(name);
    return new TimedKernels.Image(entry, code.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public void close() {
    if (!lost) {
      context.makeCurrent();
      handles.close();
      arena.close();
    }
  }
}
