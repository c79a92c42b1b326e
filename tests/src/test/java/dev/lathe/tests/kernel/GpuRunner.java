package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.passes.select.Lowering;
import dev.lathe.runtime.cuda.CudaContext;
import dev.lathe.runtime.cuda.CudaDevice;
import dev.lathe.runtime.cuda.CudaException;
import dev.lathe.runtime.cuda.CudaModule;
import dev.lathe.runtime.cuda.CudaOptions;
import dev.lathe.runtime.cuda.CudaStream;
import dev.lathe.runtime.cuda.DeviceBuffer;
import dev.lathe.runtime.cuda.PinnedBuffer;
import dev.lathe.runtime.cuda.StepLaunches;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Launches kernels one at a time on the first GPU, and waits for each.
final class GpuRunner implements StepRunner {
  /// Bytes before the operands: caches may begin there, so that their blocks lie beyond 4 GB.
  private static final long FRONT_BYTES = 5L << 30;

  private final CudaDevice device = CudaDevice.open(CudaOptions.DEFAULT);
  private final CudaContext context = device.context();
  private final CudaStream stream = context.stream();
  private final Map<String, StepLaunches.Kernel> kernels = new HashMap<>();
  private final List<CudaModule> modules = new ArrayList<>();
  private @Nullable PinnedBuffer host;
  private @Nullable DeviceBuffer memory;
  private long capacity;

  /// The target that kernels are emitted for.
  String target() {
    int major = device.properties().capability().major();
    int minor = device.properties().capability().minor();
    return major == 9 ? "sm_90a" : major == 8 && minor < 9 ? "sm_80" : "sm_89";
  }

  @Override
  public MemorySegment image(long bytes) {
    PinnedBuffer buffer = host;
    if (buffer == null || bytes > capacity) {
      release();
      capacity = Math.max(bytes, 64L << 20);
      buffer = context.allocatePinned(capacity, "operands");
      host = buffer;
      memory = context.allocate(FRONT_BYTES + capacity, "operands");
    }
    return buffer.segment();
  }

  private void release() {
    if (host != null) {
      host.close();
      host = null;
    }
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  @Override
  public String run(StepCase step, Lowering lowering, OperandImage layout, MemorySegment image) {
    PinnedBuffer from = present(host);
    long base = present(memory).address() + FRONT_BYTES;
    Map<String, KernelEntry> entries = load(lowering);
    stream.copyToDevice(base, from, 0, layout.bytes());
    stream.synchronize();
    List<String> launched = new ArrayList<>();
    for (Launch launch : lowering.launches()) {
      KernelEntry entry = present(entries.get(launch.kernel()));
      String text = describe(step, launch, entry);
      launched.add(text);
      try {
        launch(step, launch, layout, base);
        stream.synchronize();
      } catch (CudaException exception) {
        throw new IllegalStateException(
            exception.getMessage() + "\n  " + String.join("\n  ", launched), exception);
      }
    }
    stream.copyToHost(from, 0, base, layout.bytes());
    stream.synchronize();
    return String.join("\n  ", launched);
  }

  private Map<String, KernelEntry> load(Lowering lowering) {
    Map<String, KernelEntry> entries = new HashMap<>();
    for (Lowering.KernelSource source : lowering.kernels()) {
      KernelEntry entry = source.entry();
      entries.put(entry.name(), entry);
      if (!kernels.containsKey(entry.name())) {
        byte[] ptx = source.ptx().getBytes(StandardCharsets.US_ASCII);
        CudaModule module = context.load(entry.name(), MemorySegment.ofArray(ptx));
        modules.add(module);
        kernels.put(
            entry.name(),
            new StepLaunches.Kernel(
                entry, module.function(entry.name(), entry.threads(), entry.sharedBytes())));
      }
    }
    return entries;
  }

  private static String describe(StepCase step, Launch launch, KernelEntry entry) {
    return "kernel %s of %s %s: grid (%d, %d, %d) of %d threads, %d bytes shared"
        .formatted(
            entry.name(),
            entry.template(),
            entry.config(),
            launch.gridX().evaluate(step.sizes()),
            launch.gridY().evaluate(step.sizes()),
            launch.gridZ().evaluate(step.sizes()),
            entry.threads(),
            entry.sharedBytes());
  }

  private void launch(StepCase step, Launch launch, OperandImage layout, long base) {
    try (Arena arena = Arena.ofConfined()) {
      new StepLaunches(
              step.op().getClass().getSimpleName(),
              List.of(launch),
              name -> present(kernels.get(name)),
              ref -> base + layout.place(ref).offset() - layout.place(ref).before(),
              arena)
          .launch(stream, step.sizes());
    }
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a launch names a kernel that is not there");
    }
    return value;
  }

  /// A fault ends the context: every later call reports it.
  @Override
  public boolean isAlive() {
    try {
      stream.synchronize();
      context.allocate(256, "a try").close();
      return true;
    } catch (CudaException exception) {
      return false;
    }
  }

  @Override
  public void close() {
    release();
    modules.forEach(CudaModule::close);
    stream.close();
    device.close();
  }
}
