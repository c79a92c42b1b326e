package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;

/// Stores the first tokens of a box: where a product ends inside of it, the copy of a whole box
/// would overwrite the next product's results.
///
/// @param columns of the result, a multiple of 8
/// @param out address of the result
/// @param thread in the warpgroup
record RaggedBox(KernelBuilder k, TileSlots slots, int columns, B64 out, B32 thread) {
  private static final int CHUNK_ELEMENTS = 8;
  private static final int CHUNK_BYTES = 16;

  /// @param box its address
  /// @param column where it begins
  /// @param token where it begins
  /// @param end of the product's tokens
  void store(B32 box, B32 column, B32 token, B32 end) {
    int chunks = slots.boxColumns() / CHUNK_ELEMENTS;
    B32 first = k.div(thread, chunks);
    B32 chunk = k.rem(thread, chunks);
    B32 element = k.mad(chunk, CHUNK_ELEMENTS, column);
    Pred insideColumns = k.lt(element, columns);
    int step = WgmmaConfig.WARPGROUP / chunks;
    for (int row = 0; row < slots.tokens(); row += step) {
      B32 local = k.add(first, row);
      B32 plain = k.mad(local, slots.rowBytes(), k.mul(chunk, CHUNK_BYTES));
      B32 from = k.add(box, slots.swizzle().apply(k, plain));
      B32 at = k.add(token, local);
      B64 target = k.madWide(element, 2, k.madWide(at, columns * 2, out));
      k.ifThen(
          k.and(insideColumns, k.lt(at, end)),
          () -> k.storeWords(k.at(target), k.loadWords(k.at(from), 4)));
    }
  }
}
