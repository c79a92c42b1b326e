package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.runtime.device.EngineImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The kernels of an engine on the GPU, loaded in parallel: machine code where the engine has some
/// that fits the GPU, else PTX.
final class Kernels implements Handle {
  private final Map<String, CudaModule> modules = new ConcurrentHashMap<>();
  private final Map<String, CudaFunction> functions = new ConcurrentHashMap<>();

  private final Set<String> early = ConcurrentHashMap.newKeySet();

  private Kernels() {}

  static Kernels load(CudaContext context, EngineImage image, ComputeCapability gpu) {
    boolean machineCode = Targets.runsMachineCode(image.manifest().target(), gpu);
    Kernels kernels = new Kernels();
    List<Runnable> tasks = new ArrayList<>();
    for (KernelEntry entry : image.manifest().kernels()) {
      tasks.add(() -> kernels.load(context, image, entry, machineCode && entry.cubin()));
    }
    try {
      Workers.runAll(context, tasks);
    } catch (RuntimeException exception) {
      kernels.close();
      throw exception;
    }
    return kernels;
  }

  private void load(
      CudaContext context, EngineImage image, KernelEntry entry, boolean machineCode) {
    String name = entry.name();
    CudaModule module = context.load(name, machineCode ? image.cubin(name) : image.ptx(name));
    modules.put(name, module);
    functions.put(name, module.function(name, entry.threads(), entry.sharedBytes()));
    if (entry.startsEarly()) {
      early.add(name);
    }
  }

  /// True if the kernel waits itself for the kernels before it.
  boolean startsEarly(String name) {
    return early.contains(name);
  }

  /// The kernel with the given name.
  CudaFunction function(String name) {
    CudaFunction function = functions.get(name);
    if (function == null) {
      throw new IllegalStateException("the engine has no kernel " + name);
    }
    return function;
  }

  @Override
  public void close() {
    HandleStack all = new HandleStack();
    modules.values().forEach(all::add);
    all.close();
  }
}
