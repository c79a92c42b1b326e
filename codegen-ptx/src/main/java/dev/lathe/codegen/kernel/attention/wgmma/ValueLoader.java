package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Emits the warp that loads values, item after item, as soon as there is room for them. Tiles come
/// from the last to the first.
///
/// What pages hold past the context is no value, and may be no number, which even a weight of 0
/// does not undo: such values are overwritten with zeros before anybody sees them.
final class ValueLoader {
  private static final int LANES = 32;
  private static final int VECTOR_BYTES = 16;

  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final TileStorage storage;
  private final B32 lane;
  private final Pred leader;
  private final B32 zero;
  private final CacheTiles tiles;
  private final RingPosition position;
  private final B32 stagedPhase;

  ValueLoader(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      TileStorage storage) {
    this.k = k;
    this.config = config;
    this.storage = storage;
    this.lane = k.laneIndex();
    this.leader = k.elect();
    this.zero = k.constant(0);
    this.tiles =
        new CacheTiles(
            k, problem, config, storage, parameters.tables(), parameters.values(), leader);
    this.position = storage.start(Ring.VALUES);
    this.stagedPhase = k.constant(0);
  }

  void emit() {
    new ItemFeed(k, storage, leader).forEach(() -> {}, this::load);
  }

  private void load(WorkItem item) {
    B32 tile = k.copy(item.keys().lastTile());
    k.loop(() -> {
      loadTile(item, tile);
      k.addTo(tile, -1);
      k.breakIf(k.lt(tile, item.keys().firstTile()));
    });
  }

  /// Rows past the context, which only the first tile can have, become zeros.
  private void loadTile(WorkItem item, B32 tile) {
    B32 known = k.sub(item.source().context(), k.mul(tile, config.keys()));
    Pred partial = k.lt(known, config.keys());
    B32 full = storage.full(Ring.VALUES, position);
    tiles.copy(
        Ring.VALUES, position, tiles.rows(item, tile), k.select(partial, storage.staged(), full));
    k.ifThen(
        partial,
        () -> {
          k.awaitPhase(k.at(storage.staged()), stagedPhase);
          k.assign(stagedPhase, k.xor(stagedPhase, 1));
          clear(known);
          k.fenceAsyncShared();
          k.warpBarrier();
          k.when(leader, () -> k.arrive(k.at(full)));
        });
    position.advance(k);
  }

  private void clear(B32 firstRow) {
    B32 target = storage.stage(Ring.VALUES, position);
    for (Panel panel : storage.tilePanels().panels()) {
      B32 first = k.mad(firstRow, panel.rowBytes(), k.mul(lane, VECTOR_BYTES));
      k.forRange(
          first,
          config.keys() * panel.rowBytes(),
          LANES * VECTOR_BYTES,
          offset ->
              k.storeWords(
                  k.at(k.add(target, offset), panel.offset()), List.of(zero, zero, zero, zero)));
    }
  }
}
