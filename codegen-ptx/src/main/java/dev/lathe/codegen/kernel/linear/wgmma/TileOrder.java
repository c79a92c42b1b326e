package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.isa.B32;
import java.util.Optional;

/// Which tiles of a result there are, and in which order.
interface TileOrder {

  /// How many there are, or clusters of them.
  B32 tiles();

  /// The place of tile number `tile` of this block.
  Place place(B32 tile);

  /// Where a tile begins.
  ///
  /// @param row of the result's columns before they are gated
  /// @param part of several products in one; empty where there is one
  record Place(B32 row, B32 token, Optional<Part> part) {
    Place(B32 row, B32 token) {
      this(row, token, Optional.empty());
    }

    /// Row of the weights.
    B32 weightRow() {
      return part.map(Part::weightRow).orElse(row);
    }
  }

  /// What a tile of one of several products has of its own.
  ///
  /// @param end of the tile's tokens: those of another one follow
  record Part(B32 weightRow, B32 end) {}
}
