package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// Emits the kernel: one warp brings tiles, the first warpgroups compute.
final class WgmmaAttentionBody {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;

  WgmmaAttentionBody(KernelBuilder k, AttentionProblem problem, WgmmaAttentionConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
  }

  void emit() {
    k.blocksPerSm(1);
    WgmmaAttentionParameters parameters = WgmmaAttentionParameters.declare(k, problem);
    TileStorage storage = new TileStorage(k, problem, config);
    k.ifThen(
        k.eq(k.threadIndex(), 0),
        () -> {
          parameters.queries().prefetch(k);
          parameters.keys().prefetch(k);
          parameters.values().prefetch(k);
          storage.initBarriers();
        });
    k.blockBarrier();
    k.waitForPredecessors();
    k.launchDependents();
    B32 warp = k.uniform(k.warpIndex());
    k.ifElse(
        k.lt(warp, config.consumerWarps()),
        () -> {
          k.claimRegisters(config.consumerRegisters());
          new TileConsumer(k, problem, config, parameters, storage, warp).emit();
        },
        () -> {
          k.releaseRegisters(config.producerRegisters());
          k.ifThen(
              k.eq(warp, config.consumerWarps()),
              () -> new TileProducer(k, problem, config, parameters, storage).emit());
        });
  }
}
