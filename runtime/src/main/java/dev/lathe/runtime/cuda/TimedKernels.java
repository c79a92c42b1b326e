package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One way to carry out a step, on the GPU and ready to be timed.
///
/// @param label for messages
/// @param workspaceBytes buffers that live for the step alone, by name
public record TimedKernels(
    String label,
    List<Launch> launches,
    Map<String, Long> workspaceBytes,
    Map<String, StepLaunches.Kernel> kernels,
    List<CudaModule> modules)
    implements Handle {
  public TimedKernels {
    launches = List.copyOf(launches);
    workspaceBytes = Map.copyOf(workspaceBytes);
    kernels = Map.copyOf(kernels);
    modules = List.copyOf(modules);
  }

  /// A kernel with its machine code or its PTX text.
  public record Image(KernelEntry entry, byte[] code) {}

  /// Loads kernels. The context is current on the calling thread, which may be any.
  ///
  /// @throws LatheException if the driver cannot assemble one, or refuses its shared memory, or its
  ///     registers do not suffice for blocks of its size
  static TimedKernels load(
      CudaContext context,
      String label,
      List<Image> images,
      List<Launch> launches,
      Map<String, Long> workspaceBytes) {
    HandleStack handles = new HandleStack();
    try {
      Map<String, StepLaunches.Kernel> kernels = new HashMap<>();
      List<CudaModule> modules =
          images.stream()
              .map(image -> {
                KernelEntry entry = image.entry();
                CudaModule module =
                    handles.add(context.load(entry.name(), MemorySegment.ofArray(image.code())));
                kernels.put(
                    entry.name(),
                    new StepLaunches.Kernel(
                        entry,
                        module.function(entry.name(), entry.threads(), entry.sharedBytes())));
                return module;
              })
              .toList();
      return new TimedKernels(label, launches, workspaceBytes, kernels, modules);
    } catch (IllegalStateException tooManyThreads) {
      handles.close();
      throw new LatheException(
          ExitCode.FAILURE,
          "kernel-refused",
          String.valueOf(tooManyThreads.getMessage()),
          "",
          tooManyThreads);
    } catch (RuntimeException exception) {
      handles.close();
      throw exception;
    }
  }

  StepLaunches.Kernel kernel(String name) {
    StepLaunches.Kernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new IllegalStateException(label + " launches " + name + ", which it does not have");
    }
    return kernel;
  }

  @Override
  public void close() {
    HandleStack handles = new HandleStack();
    modules.forEach(handles::add);
    handles.close();
  }
}
