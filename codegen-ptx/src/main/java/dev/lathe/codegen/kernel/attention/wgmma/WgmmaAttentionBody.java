package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.List;

/// Emits the kernel: the first warpgroups compute; of the last one, a warp finds work, one loads
/// queries and keys, and one loads values.
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
    WgmmaAttentionParameters parameters = WgmmaAttentionParameters.declare(k, problem, config);
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
    B32 warp = k.evidentlyUniform(k.warpIndex());
    k.ifElse(
        k.lt(warp, config.consumerWarps()),
        () -> {
          k.claimRegisters(config.consumerRegisters(problem.headDim()));
          new TileConsumer(k, problem, config, parameters, storage, warp).emit();
        },
        () -> {
          k.releaseRegisters(config.producerRegisters(problem.headDim()));
          emitLast(warp, parameters, storage);
        });
  }

  /// The warps that do not compute.
  private void emitLast(B32 warp, WgmmaAttentionParameters parameters, TileStorage storage) {
    List<Runnable> roles =
        List.of(
            () -> new WorkScheduler(k, problem, config, parameters, storage).emit(),
            () -> new QueryKeyLoader(k, problem, config, parameters, storage).emit(),
            () -> new ValueLoader(k, problem, config, parameters, storage).emit());
    for (int i = 0; i < roles.size(); i++) {
      k.ifThen(k.eq(warp, config.consumerWarps() + i), roles.get(i));
    }
  }
}
