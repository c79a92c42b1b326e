package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;

/// Finds the work of a block, by one warp.
///
/// A tile of tokens is named by a number: sequence s has its tiles of `rows` tokens from number
/// `floor(start(s) / rows) + s` on, which leaves room for all of them; some numbers have no tokens.
/// Tiles are taken from the last to the first, as the last of a sequence see most keys.
final class WorkSearch {
  private static final int LANES = 32;

  /// A tile of tokens.
  ///
  /// @param remaining tokens of the sequence from its first one on, 0 or less if there are none
  /// @param context keys of the sequence
  /// @param position of the first token
  record TokenTile(B32 sequence, B32 row, B32 remaining, B32 context, B32 position) {}

  private final KernelBuilder k;
  private final B64 starts;
  private final B64 contexts;
  private final B32 sequences;
  private final int rows;

  /// @param starts `(S + 1)` first row of each sequence
  /// @param contexts `(S)` keys of each sequence
  WorkSearch(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      B64 starts,
      B64 contexts,
      B32 sequences) {
    this.k = k;
    this.starts = starts;
    this.contexts = contexts;
    this.sequences = sequences;
    this.rows = WorkItem.blockTokens(problem, config);
  }

  TokenTile tile(B32 number) {
    B32 sequence = sequenceOf(number);
    B32 start = start(sequence);
    B32 length = k.sub(start(k.add(sequence, 1)), start);
    B32 context = k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, contexts)));
    B32 first = k.mul(k.sub(number, firstTile(start, sequence)), rows);
    B32 position = k.add(k.sub(context, length), first);
    return new TokenTile(sequence, k.add(start, first), k.sub(length, first), context, position);
  }

  private B32 start(B32 sequence) {
    return k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, starts)));
  }

  private B32 firstTile(B32 start, B32 sequence) {
    return k.add(k.div(start, rows), sequence);
  }

  /// The last sequence that begins at or before a tile: each round, the lanes try 32 of those that
  /// are left.
  private B32 sequenceOf(B32 number) {
    B32 low = k.constant(0);
    B32 high = k.copy(sequences);
    B32 lane = k.laneIndex();
    k.loop(() -> {
      B32 left = k.sub(high, low);
      k.breakIf(k.le(left, 1));
      B32 step = k.shr(k.add(left, LANES - 1), 5);
      B32 candidate = k.mad(lane, step, low);
      B32 known = k.min(candidate, k.sub(high, 1));
      Pred holds = k.le(firstTile(start(known), known), number);
      Pred tried = k.lt(candidate, high);
      B32 count = k.popCount(k.ballot(k.and(holds, tried)));
      k.assign(low, k.mad(k.sub(count, 1), step, low));
      k.assign(high, k.min(high, k.add(low, step)));
    });
    return low;
  }
}
