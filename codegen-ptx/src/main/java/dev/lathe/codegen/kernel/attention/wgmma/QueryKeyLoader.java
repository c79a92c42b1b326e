package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Emits the warp that loads queries and keys, item after item, as soon as there is room for them.
/// Tiles of keys come from the last to the first.
final class QueryKeyLoader {
  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final WgmmaAttentionParameters parameters;
  private final TileStorage storage;
  private final QueryTile queryTile;
  private final Pred leader;
  private final CacheTiles tiles;
  private final RingPosition keyPosition;
  private final RingPosition queryPosition;

  QueryKeyLoader(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      TileStorage storage) {
    this.k = k;
    this.config = config;
    this.parameters = parameters;
    this.storage = storage;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.leader = k.elect();
    this.tiles =
        new CacheTiles(k, problem, config, storage, parameters.tables(), parameters.keys(), leader);
    this.keyPosition = storage.start(Ring.KEYS);
    this.queryPosition = storage.start(Ring.QUERIES);
  }

  void emit() {
    new ItemFeed(k, storage, leader).forEach(this::wantNext, this::load);
  }

  private void wantNext() {
    k.when(leader, () -> k.arrive(storage.wanted()));
  }

  private void load(WorkItem item) {
    B32 tile = k.copy(item.keys().lastTile());
    k.loop(() -> {
      B32 rows = tiles.rows(item, tile);
      tiles.copy(Ring.KEYS, keyPosition, rows, storage.full(Ring.KEYS, keyPosition));
      keyPosition.advance(k);
      k.ifThen(k.eq(tile, item.keys().lastTile()), () -> loadQueries(item.rows()));
      k.addTo(tile, -1);
      k.breakIf(k.lt(tile, item.keys().firstTile()));
    });
  }

  private void loadQueries(WorkItem.Rows rows) {
    B32 empty = storage.empty(Ring.QUERIES, queryPosition);
    k.awaitPhase(k.at(empty), k.xor(queryPosition.phase(), 1));
    B32 target = storage.stage(Ring.QUERIES, queryPosition);
    B32 full = storage.full(Ring.QUERIES, queryPosition);
    HeadPanels panels = storage.queryPanels();
    int copied = panels.copiedBytes(queryTile.copiedTokens() * queryTile.heads());
    k.ifThen(
        leader,
        () -> {
          k.arriveExpecting(k.at(full), config.warpgroups() * copied);
          for (int warpgroup = 0; warpgroup < config.warpgroups(); warpgroup++) {
            B32 row = k.add(rows.row(), warpgroup * queryTile.tokens());
            for (Panel panel : panels.panels()) {
              k.copyTensor(
                  k.at(target, warpgroup * panels.bytes() + panel.offset()),
                  parameters.queries().of(panel),
                  List.of(k.constant(panel.column()), rows.head(), row),
                  k.at(full));
            }
          }
        });
    queryPosition.advance(k);
  }
}
