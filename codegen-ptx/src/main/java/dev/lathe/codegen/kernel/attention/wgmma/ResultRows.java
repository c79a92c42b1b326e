package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Stores the rows of a warpgroup. They pass through the shared memory of its queries, which are
/// not needed any more: fragments go in by `stmatrix`, and each lane takes out 16 bytes, so that
/// neighbouring lanes store neighbouring bytes. Each warp handles its own 16 rows.
final class ResultRows {
  private static final int WARP_ROWS = 16;
  private static final int LANES = 32;
  private static final int CHUNK_BYTES = 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final B64 out;
  private final WarpgroupTurns turns;
  private final QueryTile queryTile;
  private final HeadPanels panels;
  private final B32 warpgroup;
  private final B32 firstRow;

  /// @param warp in the block
  ResultRows(
      KernelBuilder k,
      AttentionProblem problem,
      B64 out,
      TileStorage storage,
      WarpgroupTurns turns,
      B32 warp) {
    this.k = k;
    this.problem = problem;
    this.out = out;
    this.turns = turns;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.panels = storage.queryPanels();
    this.warpgroup = k.shr(warp, 2);
    this.firstRow = k.mul(k.and(warp, 3), WARP_ROWS);
  }

  /// Stores those of the rows that stand for a query.
  ///
  /// @param queries of all warpgroups
  /// @param results fragments of the results, 4 registers for each 8 columns
  void store(WorkItem item, B32 queries, List<F32> results) {
    turns.meet();
    B32 staging = k.mad(warpgroup, panels.bytes(), queries);
    for (Panel panel : panels.panels()) {
      stage(panel, staging, results);
    }
    k.warpBarrier();
    for (int width : panels.widths()) {
      List<Row> rows = rows(item, width * HeadPanels.ELEMENT / CHUNK_BYTES);
      panels.panels().stream()
          .filter(panel -> panel.columns() == width)
          .forEach(panel -> unstage(panel, staging, rows));
    }
  }

  private void stage(Panel panel, B32 staging, List<F32> results) {
    B32 lane = k.laneIndex();
    B32 row = k.add(firstRow, k.and(lane, 15));
    B32 offset = k.mad(row, panel.rowBytes(), k.mul(k.shr(lane, 4), CHUNK_BYTES));
    B32 first = k.add(staging, panel.swizzle().apply(k, offset));
    for (int column = 0; column < panel.columns(); column += 16) {
      int register = (panel.column() + column) / 2;
      List<B32> words = problem.dtype().pack(k, results.subList(register, register + 8));
      B32 address = k.xor(first, column * HeadPanels.ELEMENT);
      k.storeMatrices(k.at(address, panel.offset()), words, false);
    }
  }

  /// What a lane takes out of a panel at a time.
  ///
  /// @param offset in the panel, before it is swizzled
  /// @param address of the panel's first column in the result
  /// @param valid false if the row stands for no query
  private record Row(B32 offset, B64 address, Pred valid) {}

  /// The rows of one lane in panels with rows of so many chunks.
  private List<Row> rows(WorkItem item, int chunks) {
    B32 lane = k.laneIndex();
    B32 chunkBytes = k.mul(k.and(lane, chunks - 1), CHUNK_BYTES);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < WARP_ROWS * chunks / LANES; i++) {
      B32 row = k.add(k.add(firstRow, k.div(lane, chunks)), i * LANES / chunks);
      B32 head = k.rem(row, queryTile.heads());
      B32 token = k.mad(warpgroup, queryTile.tokens(), k.div(row, queryTile.heads()));
      Pred valid = k.and(k.lt(token, item.tokens()), k.lt(head, item.heads()));
      if (queryTile.usedRows() < QueryTile.ROWS) {
        valid = k.and(valid, k.lt(row, queryTile.usedRows()));
      }
      int headBytes = problem.headDim() * HeadPanels.ELEMENT;
      B32 inRow = k.mad(k.add(item.head(), head), headBytes, chunkBytes);
      B64 address =
          k.madWide(
              k.add(item.row(), token),
              problem.rowElements() * HeadPanels.ELEMENT,
              k.add(out, k.widen(inRow)));
      rows.add(new Row(k.mad(row, chunks * CHUNK_BYTES, chunkBytes), address, valid));
    }
    return rows;
  }

  private void unstage(Panel panel, B32 staging, List<Row> rows) {
    for (Row row : rows) {
      B32 from = k.add(staging, panel.swizzle().apply(k, row.offset));
      List<B32> words = k.loadWords(k.at(from, panel.offset()), 4);
      int to = panel.column() * HeadPanels.ELEMENT;
      k.when(row.valid, () -> k.storeWords(k.at(row.address, to), words));
    }
  }
}
