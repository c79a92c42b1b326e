package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Stores the rows of a warpgroup: each thread has two, 8 apart, of which the four lanes of its
/// quad hold two neighbouring columns of each 8. The quad exchanges words, so that each lane stores
/// 16 bytes and the quad 64 neighbouring ones. Shared memory has no part in it, as what lies there
/// belongs to the next tiles already.
final class ResultRows {
  private static final int ROWS = 2;
  private static final int WORD_BYTES = 4;
  private static final int GROUP_BYTES = 16;
  private static final int QUAD = 4;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final B64 out;
  private final QueryTile queryTile;
  private final B32 warpgroup;
  private final B32 quad;
  private final Pred odd;
  private final Pred upper;

  ResultRows(KernelBuilder k, AttentionProblem problem, B64 out, B32 warpgroup) {
    this.k = k;
    this.problem = problem;
    this.out = out;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.warpgroup = warpgroup;
    this.quad = k.and(k.threadIndex(), QUAD - 1);
    this.odd = k.ne(k.and(quad, 1), 0);
    this.upper = k.ne(k.and(quad, 2), 0);
  }

  /// Stores those of the rows that stand for a query.
  ///
  /// @param results fragments of the results, 4 registers for each 8 columns
  void store(WorkItem.Rows item, List<F32> results) {
    for (int row = 0; row < ROWS; row++) {
      B32 index = queryTile.row(k, row);
      B32 head = k.rem(index, queryTile.heads());
      B32 token = k.mad(warpgroup, queryTile.tokens(), k.div(index, queryTile.heads()));
      List<B32> words = words(results, row);
      B64 address = address(item, token, head);
      Pred valid = valid(item, index, token, head);
      int whole = words.size() / QUAD * QUAD;
      for (int first = 0; first < whole; first += QUAD) {
        List<B32> chunk = exchange(words.subList(first, first + QUAD));
        B64 target = k.madWide(quad, GROUP_BYTES, address);
        int offset = first * GROUP_BYTES;
        k.when(valid, () -> k.storeWords(k.at(target, offset), chunk));
      }
      B64 target = k.madWide(quad, WORD_BYTES, address);
      for (int group = whole; group < words.size(); group++) {
        B32 word = words.get(group);
        int offset = group * GROUP_BYTES;
        k.when(valid, () -> k.store(k.at(target, offset), word));
      }
    }
  }

  private B64 address(WorkItem.Rows item, B32 token, B32 head) {
    B32 inRow = k.mul(k.add(item.head(), head), problem.headDim() * HeadPanels.ELEMENT);
    int rowBytes = problem.rowElements() * HeadPanels.ELEMENT;
    return k.madWide(k.add(item.row(), token), rowBytes, k.add(out, k.widen(inRow)));
  }

  private Pred valid(WorkItem.Rows item, B32 index, B32 token, B32 head) {
    Pred valid = k.and(k.lt(token, item.tokens()), k.lt(head, item.heads()));
    return queryTile.usedRows() == QueryTile.ROWS
        ? valid
        : k.and(valid, k.lt(index, queryTile.usedRows()));
  }

  /// This lane's words of a row: one of each 8 columns.
  private List<B32> words(List<F32> results, int row) {
    List<B32> words = new ArrayList<>();
    for (int i = 2 * row; i < results.size(); i += 4) {
      words.addAll(problem.dtype().pack(k, List.of(results.get(i), results.get(i + 1))));
    }
    return words;
  }

  /// The transpose over the quad: word j of lane i goes to lane j as its word i.
  private List<B32> exchange(List<B32> words) {
    List<B32> near = new ArrayList<>();
    for (int i = 0; i < QUAD; i += 2) {
      near.addAll(swap(words.get(i), words.get(i + 1), odd, 1));
    }
    List<B32> low = swap(near.get(0), near.get(2), upper, 2);
    List<B32> high = swap(near.get(1), near.get(3), upper, 2);
    return List.of(low.get(0), high.get(0), low.get(1), high.get(1));
  }

  /// Exchanges one of two words with the lane `distance` away: the second one of lanes where `high`
  /// does not hold, against the first one of lanes where it holds.
  private List<B32> swap(B32 first, B32 second, Pred high, int distance) {
    B32 received = k.shuffleXor(k.select(high, first, second), distance);
    return List.of(k.select(high, received, first), k.select(high, second, received));
  }
}
