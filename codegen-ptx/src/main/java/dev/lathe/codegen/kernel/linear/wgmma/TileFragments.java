package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import java.util.ArrayList;
import java.util.List;

/// Which place of a warpgroup's region belongs to which sums of a thread. Accumulators have columns
/// of the result as their rows (see [dev.lathe.codegen.tile.WgmmaFragment]); boxes lie token by
/// token. So matrices of 8x8 are moved transposed, four at once:
///
/// * plain: 16 tokens by the 16 columns of a warp
/// * gated: 32 tokens by 8 columns, each made of a row and the one 8 further
final class TileFragments {
  private static final int MATRIX = 8;
  private static final int MATRICES = 4;
  private static final int CHUNK_BYTES = 16;

  /// Columns of 64 rows in chunks of 8, where gate and up make one.
  private static final int GATED_CHUNKS = 4;

  private final KernelBuilder k;
  private final TileSlots slots;
  private final boolean gated;
  private final List<B32> laneOffsets = new ArrayList<>();

  /// @param rowBlocks of 64 rows in a warpgroup
  /// @param warp in the warpgroup
  TileFragments(KernelBuilder k, TileSlots slots, int rowBlocks, B32 warp, boolean gated) {
    this.k = k;
    this.slots = slots;
    this.gated = gated;
    for (int block = 0; block < rowBlocks; block++) {
      laneOffsets.add(laneOffset(block, warp));
    }
  }

  /// Where the matrix row lies that this lane names, from the start of the region.
  private B32 laneOffset(int block, B32 warp) {
    B32 lane = k.laneIndex();
    B32 matrix = k.shr(lane, 3);
    B32 row = k.and(lane, MATRIX - 1);
    B32 token = k.mad(gated ? matrix : k.shr(matrix, 1), MATRIX, row);
    B32 chunk = gated ? k.add(warp, block * GATED_CHUNKS) : k.mad(warp, 2, k.and(matrix, 1));
    B32 plain = k.mad(token, slots.rowBytes(), k.mul(chunk, CHUNK_BYTES));
    B32 swizzled = slots.swizzle().apply(k, plain);
    return gated ? swizzled : k.add(swizzled, block * slots.boxBytes());
  }

  /// Tokens of one move of four matrices.
  int tokensOfMove() {
    return gated ? MATRICES * MATRIX : MATRICES / 2 * MATRIX;
  }

  /// The matrix row that this lane names for each block of 64 rows; `region` begins at a multiple
  /// of 1024 bytes.
  List<B32> rows(B32 region) {
    return laneOffsets.stream().map(offset -> k.add(region, offset)).toList();
  }

  /// That of a later token.
  Address at(B32 row, int token) {
    return k.at(row, token * slots.rowBytes());
  }

  /// Two sums of a thread, of neighbouring tokens, and what they gate.
  ///
  /// @param half which of the thread's two rows they belong to: 0, or 1 for the one 8 further
  record Pair(List<F32> sums, List<F32> ups, int half) {}

  /// What this thread holds of the matrices of a move, in their order.
  ///
  /// @param tokens of the move: all, or half as many in two matrices
  List<Pair> pairs(List<F32> sums, int token, int tokens) {
    List<Pair> pairs = new ArrayList<>();
    for (int column = token; column < token + tokens; column += MATRIX) {
      int first = column / 2;
      List<F32> upper = sums.subList(first, first + 2);
      List<F32> lower = sums.subList(first + 2, first + 4);
      if (gated) {
        pairs.add(new Pair(upper, lower, 0));
      } else {
        pairs.add(new Pair(upper, upper, 0));
        pairs.add(new Pair(lower, lower, 1));
      }
    }
    return pairs;
  }
}
