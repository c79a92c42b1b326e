package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.List;
import java.util.Optional;

/// One of the two factors of the products, on its way to the stages: boxes of a tile's rows or
/// tokens, or of one half of them, which the blocks of a cluster bring to both.
///
/// @param map boxes of what this block brings
/// @param half this block's, if it brings one
/// @param policy of L2, if it is not the usual one
record Factor(KernelBuilder k, B64 map, Optional<Half> half, Optional<B64> policy) {

  /// @param first row or token of the tile
  /// @param bytes before it in a stage
  /// @param blocks that get it
  private record Half(B32 first, B32 bytes, B16 blocks) {}

  /// A factor that this block brings for itself.
  static Factor own(KernelBuilder k, B64 map) {
    return new Factor(k, map, Optional.empty(), Optional.empty());
  }

  /// A factor of which the blocks of a cluster have the same tile.
  ///
  /// @param lines rows or tokens that each block brings
  static Factor shared(KernelBuilder k, B64 map, int lines) {
    B32 first = k.mul(k.clusterRank(), lines);
    B32 bytes = k.mul(first, MatrixDescriptor.ROW_BYTES);
    Half half = new Half(first, bytes, k.blocksOfCluster(3));
    return new Factor(k, map, Optional.of(half), Optional.empty());
  }

  /// The same, but that L2 keeps other data rather than this, which nobody reads again.
  Factor readOnce() {
    return new Factor(k, map, half, Optional.of(k.evictFirst()));
  }

  /// Copies a block of k.
  ///
  /// @param stage address from which `offset` counts
  /// @param element of k
  /// @param line row or token where the tile begins
  void copy(B32 stage, int offset, B32 element, B32 line, Address full) {
    if (half.isEmpty()) {
      Address to = k.at(stage, offset);
      List<B32> from = List.of(element, line);
      policy.ifPresentOrElse(
          hint -> k.copyTensor(to, map, from, full, hint), () -> k.copyTensor(to, map, from, full));
      return;
    }
    Half mine = half.get();
    Address to = k.at(k.add(stage, mine.bytes), offset);
    List<B32> from = List.of(element, k.add(line, mine.first));
    policy.ifPresentOrElse(
        hint -> k.copyTensorToBlocks(to, map, from, full, mine.blocks, hint),
        () -> k.copyTensorToBlocks(to, map, from, full, mine.blocks));
  }
}
