package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.ArrayList;
import java.util.List;

/// How the lanes of a warp divide a tile of contiguous rows into chunks of 16 bytes: lane l takes
/// chunks l, l + 32, ...
///
/// @param chunks of a lane, in order
record TileChunks(List<Chunk> chunks) {
  static final int BYTES = 16;
  private static final int LANES = 32;

  /// Bytes from a lane's chunk to its next one, in memory.
  static final int WARP_BYTES = LANES * BYTES;

  /// One chunk; registers that hold for several chunks are shared.
  ///
  /// @param row in the tile is row + rowOffset
  /// @param target byte in a padded tile is target + targetOffset
  record Chunk(B32 row, int rowOffset, B32 target, int targetOffset) {}

  /// @param rowBytes of a row in memory
  /// @param pitch bytes from row to row in shared memory
  static TileChunks of(KernelBuilder k, int rows, int rowBytes, int pitch) {
    int rowChunks = rowBytes / BYTES;
    if (rows * rowChunks % LANES != 0) {
      throw new IllegalStateException(rows + " rows of " + rowBytes + " bytes");
    }
    List<Chunk> chunks = new ArrayList<>();
    for (int first = 0; first < rows * rowChunks; first += LANES) {
      if (first > 0 && LANES % rowChunks == 0) {
        Chunk previous = chunks.getFirst();
        int row = first / rowChunks;
        chunks.add(new Chunk(previous.row, row, previous.target, row * pitch));
      } else {
        B32 index = k.add(k.laneIndex(), first);
        B32 row = k.div(index, rowChunks);
        B32 target = k.mad(row, pitch, k.mul(k.rem(index, rowChunks), BYTES));
        chunks.add(new Chunk(row, 0, target, 0));
      }
    }
    return new TileChunks(chunks);
  }
}
