package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// The part of k that one block of a cluster multiplies, in what a stage has.
///
/// @param first the first stage
/// @param count how many, at least `least`
record KRange(B32 first, B32 count, int least) {

  /// Stages that all of k takes.
  static int stages(int k, WgmmaConfig config) {
    return Math.ceilDiv(k, config.stageElements());
  }

  /// An even share: the first blocks have one more if it does not divide.
  static KRange of(KernelBuilder k, int elements, WgmmaConfig config) {
    int stages = stages(elements, config);
    int least = stages / config.splits();
    if (config.splits() == 1) {
      return new KRange(k.constant(0), k.constant(stages), stages);
    }
    int more = stages % config.splits();
    B32 rank = k.clusterRank();
    B32 first = k.mad(rank, least, k.min(rank, more));
    B32 count = k.select(k.lt(rank, more), least + 1, least);
    return new KRange(first, count, least);
  }
}
