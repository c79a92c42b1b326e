package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The 64 rows of queries of a warpgroup: pairs (token, head), the heads of a token side by side.
/// Heads share a KV head, so that all rows see the same keys.
///
/// @param heads of each token
/// @param tokens neighbours in the batch
/// @param parts tiles that the heads of one KV head make
record QueryTile(int heads, int tokens, int parts) {
  static final int ROWS = 64;

  /// The tile that wastes the fewest rows on a group of heads; the one with most heads among
  /// equals.
  static QueryTile of(int group) {
    return IntStream.rangeClosed(1, Math.min(group, ROWS))
        .mapToObj(heads -> new QueryTile(heads, ROWS / heads, Math.ceilDiv(group, heads)))
        .max(
            Comparator.comparingDouble((QueryTile tile) -> tile.efficiency(group))
                .thenComparing(QueryTile::heads))
        .orElseThrow();
  }

  private double efficiency(int group) {
    return (double) tokens * group / (ROWS * parts);
  }

  /// Rows that stand for a query.
  int usedRows() {
    return heads * tokens;
  }

  /// Tokens that a copy brings: enough for 64 rows, as rows that nobody wrote have no value.
  int copiedTokens() {
    return Math.ceilDiv(ROWS, heads);
  }

  /// Rows of shared memory: those that a copy brings, in whole groups of 8.
  int sharedRows() {
    return Math.ceilDiv(copiedTokens() * heads, 8) * 8;
  }

  /// The first or second row of a thread, in its warpgroup.
  B32 row(KernelBuilder k, int half) {
    B32 first = k.and(k.shr(k.threadIndex(), 2), 7);
    return k.add(k.mad(k.and(k.warpIndex(), 3), 16, first), 8 * half);
  }
}
