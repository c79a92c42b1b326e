package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;

/// Descriptors by which `wgmma` finds a factor in shared memory: K-major tiles of 16-bit elements,
/// rows of 64 elements (128 bytes) one behind the other, in the layout of 128-byte swizzling. PTX
/// ISA 9.7.15.5.1.2. The tile begins at a multiple of 1024 bytes.
///
/// A descriptor is a constant high word and a low word that counts 16 bytes: low words are added.
public final class MatrixDescriptor {
  /// Elements of k in a row of a tile.
  public static final int ROW_ELEMENTS = 64;

  /// Bytes of a row of a tile.
  public static final int ROW_BYTES = 128;

  /// Low words of neighbouring steps of 16 elements of k in a tile.
  public static final int STEP = 32 >> 4;

  private static final int GROUP_BYTES = 8 * ROW_BYTES;

  /// 128-byte swizzling, and the distance of groups of 8 rows.
  private static final int HIGH = 1 << 30 | GROUP_BYTES >> 4;

  /// The distance of neighbouring columns, which swizzled layouts do not have.
  private static final int NO_LEADING = 1 << 16;

  private MatrixDescriptor() {}

  /// The low word of a tile at a shared address.
  public static B32 low(KernelBuilder k, B32 address) {
    return k.or(k.shr(address, 4), NO_LEADING);
  }

  /// The distance of low words of places `bytes` apart, a multiple of 1024.
  public static int distance(int bytes) {
    return bytes >> 4;
  }

  /// The descriptor of a low word.
  public static B64 of(KernelBuilder k, B32 low) {
    return k.join(low, HIGH);
  }
}
