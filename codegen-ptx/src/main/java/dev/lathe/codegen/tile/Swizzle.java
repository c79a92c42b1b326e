package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// Permutation of 16-byte chunks in shared memory, the one that TMA and wgmma use:
/// `offset xor (((offset >> 7) & mask) << 4)`. The base of the tile is aligned to 128 (mask + 1)
/// bytes. With rows as long as the name says, 8 rows at equal column lie in different banks.
public enum Swizzle {
  NONE(0),
  B32(1),
  B64(3),
  B128(7);

  private final int mask;

  Swizzle(int mask) {
    this.mask = mask;
  }

  /// Alignment of the base of a swizzled tile, in bytes.
  public int alignment() {
    return 128 * (mask + 1);
  }

  /// Where the byte at `offset` of the plain tile lies.
  public int apply(int offset) {
    return offset ^ (((offset >> 7) & mask) << 4);
  }

  /// Where the byte at `offset` of the plain tile lies.
  public B32 apply(KernelBuilder k, B32 offset) {
    return this == NONE ? offset : k.xor(offset, k.and(k.shr(offset, 3), mask << 4));
  }
}
