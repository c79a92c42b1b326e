package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.List;

/// A matrix of 16-bit elements in shared memory, row-major, as `ldmatrix` reads it.
///
/// @param base address of element (0, 0), aligned to 16 bytes, and as the swizzle wants
/// @param pitchBytes from one row to the next, a multiple of 16; without a swizzle, an odd multiple
///     of 16 bytes is free of bank conflicts: [#paddedPitch]
public record SharedTile(B32 base, int pitchBytes, Swizzle swizzle) {
  public SharedTile {
    if (pitchBytes % 16 != 0) {
      throw new IllegalStateException("pitch of " + pitchBytes + " bytes");
    }
  }

  /// The least pitch for rows of `columns` 16-bit elements that is free of bank conflicts without a
  /// swizzle.
  public static int paddedPitch(int columns) {
    int chunks = Math.ceilDiv(2 * columns, 16);
    return 16 * (chunks | 1);
  }

  /// The A fragment (4 words) of rows `row` to `row + 15`, k = columns `column` to `column + 15`.
  public List<B32> loadA(KernelBuilder k, int row, int column) {
    B32 lane = k.laneIndex();
    return k.loadMatrices(k.at(address(k, row, k.and(lane, 15), column, k.shr(lane, 4))), 4, false);
  }

  /// B fragments of a tile that is stored as (n, k): 2 words for n = rows `row` to `row + 7`, then
  /// 2 for `row + 8` to `row + 15`; k = columns `column` to `column + 15`.
  public List<B32> loadBFromRows(KernelBuilder k, int row, int column) {
    B32 lane = k.laneIndex();
    B32 laneRow = k.add(k.and(lane, 7), k.shl(k.shr(lane, 4), 3));
    B32 chunk = k.and(k.shr(lane, 3), 1);
    return k.loadMatrices(k.at(address(k, row, laneRow, column, chunk)), 4, false);
  }

  /// B fragments of a tile that is stored as (k, n): 2 words for n = columns `column` to
  /// `column + 7`, then 2 for `column + 8` to `column + 15`; k = rows `row` to `row + 15`.
  public List<B32> loadBFromColumns(KernelBuilder k, int row, int column) {
    B32 lane = k.laneIndex();
    return k.loadMatrices(k.at(address(k, row, k.and(lane, 15), column, k.shr(lane, 4))), 4, true);
  }

  /// Address of (row + laneRow, column + 8 laneChunk).
  private B32 address(KernelBuilder k, int row, B32 laneRow, int column, B32 laneChunk) {
    B32 offset = k.mad(laneRow, pitchBytes, k.shl(laneChunk, 4));
    return k.add(base, swizzle.apply(k, k.add(offset, row * pitchBytes + 2 * column)));
  }
}
