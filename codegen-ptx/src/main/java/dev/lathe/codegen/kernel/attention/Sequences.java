package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.function.Function;

/// Finds the sequence that a row or a tile of rows belongs to.
final class Sequences {
  private final KernelBuilder k;
  private final B64 starts;
  private final B32 count;

  /// @param starts `(S + 1)` first row of each sequence
  /// @param count S
  Sequences(KernelBuilder k, B64 starts, B32 count) {
    this.k = k;
    this.starts = starts;
    this.count = count;
  }

  /// First row of a sequence.
  B32 start(B32 sequence) {
    return k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, starts)));
  }

  /// The sequence that holds a row.
  B32 ofRow(B32 row) {
    return last(sequence -> k.le(start(sequence), row));
  }

  /// The sequence that holds a tile, where sequence s has its tiles of `rows` rows from number
  /// `floor(start(s) / rows) + s` on. This leaves room for all of them: a sequence of n rows has
  /// ceil(n / rows) tiles, and the numbers of two neighbours differ by at least as much.
  B32 ofTile(B32 tile, int rows) {
    return last(sequence -> k.le(firstTile(sequence, rows), tile));
  }

  /// Number of the first tile of a sequence.
  B32 firstTile(B32 sequence, int rows) {
    return k.add(k.div(start(sequence), rows), sequence);
  }

  /// The greatest sequence for which a condition holds that holds up to some sequence, and for 0.
  private B32 last(Function<B32, Pred> holds) {
    B32 low = k.constant(0);
    B32 high = k.copy(count);
    k.loop(() -> {
      B32 middle = k.shr(k.add(low, high), 1);
      k.breakIf(k.le(k.sub(high, low), k.constant(1)));
      Pred in = holds.apply(middle);
      k.when(in, () -> k.assign(low, middle));
      k.unless(in, () -> k.assign(high, middle));
    });
    return low;
  }
}
