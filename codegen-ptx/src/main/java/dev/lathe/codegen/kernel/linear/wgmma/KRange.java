package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.tile.MatrixDescriptor;

/// The blocks of 64 elements of k that one block of a cluster multiplies.
///
/// @param first the first one
/// @param count how many, at least `least`
record KRange(B32 first, B32 count, int least) {

  /// Blocks of a k.
  static int blocks(int k) {
    return Math.ceilDiv(k, MatrixDescriptor.ROW_ELEMENTS);
  }

  /// An even share: the first ones have one more if it does not divide.
  static KRange of(KernelBuilder k, int elements, int splits) {
    int blocks = blocks(elements);
    int least = blocks / splits;
    if (splits == 1) {
      return new KRange(k.constant(0), k.constant(blocks), blocks);
    }
    int more = blocks % splits;
    B32 rank = k.clusterRank();
    B32 first = k.mad(rank, least, k.min(rank, more));
    B32 count = k.select(k.lt(rank, more), least + 1, least);
    return new KRange(first, count, least);
  }
}
