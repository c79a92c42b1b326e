package dev.lathe.engine.v1;

import java.util.Map;

/// A kernel of the engine. Its text is the entry `kernels/<name>.ptx`; machine code, where it was
/// assembled, `kernels/<name>.cubin`.
///
/// @param name the PTX entry point, unique in the engine
/// @param template id of the template that emitted it: `linear.skinny`
/// @param config the template's tuning parameters, by name
/// @param threads threads of a block (one-dimensional)
/// @param sharedBytes dynamic shared memory of a block
/// @param startsEarly true if the kernel itself waits for the kernels before it, so that it may be
///     launched while they still run; needs compute capability 9.0
/// @param cubin true if machine code for the engine's target is in the file
public record KernelEntry(
    String name,
    String template,
    Map<String, String> config,
    int threads,
    int sharedBytes,
    boolean startsEarly,
    boolean cubin) {
  public KernelEntry {
    config = Map.copyOf(config);
  }
}
