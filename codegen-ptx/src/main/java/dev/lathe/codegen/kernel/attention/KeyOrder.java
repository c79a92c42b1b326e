package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// Which of 16 keys is which column of the two tiles of scores, and as such which k of the product
/// with values. The order is free, as a softmax has none, and chosen for the banks of shared memory
/// under a pitch of an odd number of 16-byte chunks: tile t has keys of the parity t; its columns
/// 2p and 2p + 1 are keys 2p + t and 8 + (2p + 4) mod 8 + t. Lanes that read keys by column see
/// neighbours half a line apart, lanes that read values by pairs of columns a quarter of one.
final class KeyOrder {
  private KeyOrder() {}

  /// Key of column `group` of tile 0.
  static B32 ofGroup(KernelBuilder k, B32 group) {
    B32 odd = k.and(group, 1);
    return k.mad(odd, 8, k.and(k.add(k.and(group, -2), k.shl(odd, 2)), 7));
  }

  /// Key of column `2 quad + odd` of tile 0.
  static B32 ofQuad(KernelBuilder k, B32 quad, int odd) {
    B32 even = k.shl(quad, 1);
    return odd == 0 ? even : k.add(k.and(k.add(even, 4), 7), 8);
  }

  /// What is added to a key of tile 0 for the same column of tile `tile`.
  static int tileRow(int tile) {
    return tile;
  }
}
