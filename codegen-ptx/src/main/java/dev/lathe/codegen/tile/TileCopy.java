package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;

/// Copies a tile of rows from global to shared memory with all threads of a block. Pieces of 16, 8
/// or 4 bytes go by `cp.async`: the caller commits, waits, and meets at a barrier. Pieces of 2
/// bytes go through registers.
///
/// @param rows of the tile
/// @param rowBytes of a row that are copied
/// @param pieceBytes 16, 8, 4 or 2: divides rowBytes, both pitches and both addresses
/// @param sharedPitch bytes from row to row in shared memory
public record TileCopy(int rows, int rowBytes, int pieceBytes, int sharedPitch, Swizzle swizzle) {

  /// The greatest piece, up to 16 bytes, that divides all the given numbers of bytes.
  public static int pieceBytes(int... multiples) {
    int piece = 16;
    for (int bytes : multiples) {
      while (bytes % piece != 0) {
        piece /= 2;
      }
    }
    return piece;
  }

  /// Copies the first `validRows` rows; the others become zero.
  ///
  /// @param thread 0 to threads - 1
  /// @param global address of row 0, readable even if validRows is 0
  /// @param globalPitch bytes from row to row in global memory
  public void emit(
      KernelBuilder k,
      B32 thread,
      int threads,
      B32 shared,
      B64 global,
      int globalPitch,
      B32 validRows) {
    int piecesPerRow = rowBytes / pieceBytes;
    int pieces = rows * piecesPerRow;
    for (int first = 0; first < pieces; first += threads) {
      B32 piece = first == 0 ? thread : k.add(thread, first);
      if (first + threads <= pieces) {
        copyPiece(k, piece, shared, global, globalPitch, validRows);
      } else {
        k.ifThen(
            k.lt(piece, pieces), () -> copyPiece(k, piece, shared, global, globalPitch, validRows));
      }
    }
  }

  private void copyPiece(
      KernelBuilder k, B32 piece, B32 shared, B64 global, int globalPitch, B32 validRows) {
    int piecesPerRow = rowBytes / pieceBytes;
    B32 row = k.div(piece, piecesPerRow);
    B32 byteInRow = k.mul(k.rem(piece, piecesPerRow), pieceBytes);
    Pred valid = k.lt(row, validRows);
    B32 readRow = k.select(valid, row, k.constant(0));
    B64 from = k.add(k.madWide(readRow, globalPitch, global), k.widen(byteInRow));
    B32 to = k.add(shared, swizzle.apply(k, k.mad(row, sharedPitch, byteInRow)));
    if (pieceBytes == 2) {
      B16 value = k.newB16();
      k.emit("mov.b16", value, Operand.imm(0));
      k.when(valid, () -> k.loadTo(value, k.at(from)));
      k.store(k.at(to), value);
    } else {
      k.copyAsync(k.at(to), k.at(from), pieceBytes, k.select(valid, pieceBytes, 0));
    }
  }
}
