package com.example.counting;

import dev.lathe.codegen.kernel.KernelProvider;
import dev.lathe.codegen.kernel.KernelTemplate;
import java.util.List;

/// The kernels of this plugin.
public final class CountingKernels implements KernelProvider {
  @Override
  public List<KernelTemplate<?, ?, ?>> templates() {
    return List.of(new SquaredReluKernel());
  }
}
