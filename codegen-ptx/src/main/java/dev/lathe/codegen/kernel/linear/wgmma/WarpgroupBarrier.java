package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Pred;

/// Waits for the other warps of a consuming warpgroup: each has a barrier of constant number.
///
/// @param first true in the first warpgroup
record WarpgroupBarrier(KernelBuilder k, WgmmaConfig config, Pred first) {

  void await() {
    k.when(first, () -> k.barrier(1, WgmmaConfig.WARPGROUP));
    if (config.warpgroups() > 1) {
      k.unless(first, () -> k.barrier(2, WgmmaConfig.WARPGROUP));
    }
  }
}
