package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.kernel.attention.wgmma.WorkSearch.TokenTile;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Emits the warp that brings queries, keys and values: finds the work of the block, and starts
/// copies as soon as there is room for them. Tiles of keys come from the last to the first, values
/// one tile behind.
///
/// A tile is copied in parts that lie in one page each; lane i knows where part i lies. Parts past
/// the last key that is seen are read from outside of the map: zeros. What pages hold past the
/// context is no value, and may be no number, which even a weight of 0 does not undo: such values
/// are overwritten with zeros before anybody sees them.
final class TileProducer {
  private static final int LANES = 32;
  private static final int VECTOR_BYTES = 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;
  private final WgmmaAttentionParameters parameters;
  private final TileStorage storage;
  private final QueryTile queryTile;
  private final int partRows;
  private final B32 lane;
  private final Pred leader;
  private final B32 zero;
  private final RingPosition keyPosition;
  private final RingPosition valuePosition;
  private final RingPosition queryPosition;
  private final B32 stagedPhase;

  TileProducer(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      TileStorage storage) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.parameters = parameters;
    this.storage = storage;
    this.queryTile = QueryTile.of(problem.heads().group());
    this.partRows = partRows(problem, config);
    this.lane = k.laneIndex();
    this.leader = k.elect();
    this.zero = k.constant(0);
    this.keyPosition = storage.start(Ring.KEYS);
    this.valuePosition = storage.start(Ring.VALUES);
    this.queryPosition = storage.start(Ring.QUERIES);
    this.stagedPhase = k.constant(0);
  }

  /// Rows of one copy: the most that every tile and every page is made of.
  static int partRows(AttentionProblem problem, WgmmaAttentionConfig config) {
    int a = config.keys();
    int b = problem.tokensPerBlock();
    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }

  private int parts() {
    return config.keys() / partRows;
  }

  /// A work item and what only the producer needs to know of it.
  ///
  /// @param end behind the last key that is seen
  /// @param table the sequence's row of the block tables
  private record Source(WorkItem item, B32 end, B32 context, B64 table, B32 kvHead) {}

  void emit() {
    WorkSearch search =
        new WorkSearch(
            k, problem, config, parameters.starts(), parameters.contexts(), parameters.sequences());
    B32 heads = k.constant(problem.heads().keyValue() * queryTile.parts());
    B32 total = k.mul(parameters.tiles(), heads);
    B32 grid = k.gridX();
    B32 first = k.copy(zero);
    B32 backwards = k.copy(zero);
    k.loop(() -> {
      k.breakIf(k.ge(first, total));
      B32 mirrored = k.sub(k.sub(grid, 1), k.blockX());
      B32 place = k.select(k.eq(backwards, 0), k.blockX(), mirrored);
      B32 index = k.add(first, place);
      k.ifThen(k.lt(index, total), () -> serve(search, index));
      k.addTo(first, grid);
      k.assign(backwards, k.xor(backwards, 1));
    });
    end();
  }

  /// Brings what one item needs, if there is any work in it.
  private void serve(WorkSearch search, B32 index) {
    int heads = problem.heads().keyValue() * queryTile.parts();
    B32 rank = k.div(index, heads);
    B32 headIndex = k.rem(index, heads);
    TokenTile tile = search.tile(k.sub(k.sub(parameters.tiles(), 1), rank));
    k.ifThen(k.gt(tile.remaining(), 0), () -> bring(source(tile, headIndex)));
  }

  private Source source(TokenTile tile, B32 headIndex) {
    B32 kvHead = k.div(headIndex, queryTile.parts());
    B32 inGroup = k.mul(k.rem(headIndex, queryTile.parts()), queryTile.heads());
    int group = problem.heads().group();
    B32 tokens = k.min(tile.remaining(), WorkItem.blockTokens(problem, config));
    boolean causal = problem.scores().causal();
    B32 end = causal ? k.add(tile.position(), tokens) : tile.context();
    B32 behindLast = k.div(k.add(k.max(end, 0), config.keys() - 1), config.keys());
    B32 begin =
        problem.window() == 0
            ? k.constant(0)
            : k.max(k.sub(tile.position(), problem.window() - 1), 0);
    WorkItem item =
        new WorkItem(
            tile.row(),
            tile.remaining(),
            causal ? tile.position() : k.sub(end, 1),
            k.sub(behindLast, 1),
            k.div(begin, config.keys()),
            k.mad(kvHead, group, inGroup),
            k.sub(k.constant(group), inGroup));
    B64 table =
        k.madWide(tile.sequence(), problem.tablePitch() * Integer.BYTES, parameters.tables());
    return new Source(item, end, tile.context(), table, kvHead);
  }

  private void bring(Source source) {
    WorkItem item = source.item;
    B32 tile = k.copy(item.lastTile());
    B32 rows = k.copy(zero);
    B32 nextRows = k.copy(zero);
    k.ifThen(
        k.ge(tile, item.firstTile()),
        () -> {
          k.assign(rows, rows(source, tile));
          bringTile(Ring.KEYS, keyPosition, rows);
        });
    bringQueries(item);
    k.loop(() -> {
      k.breakIf(k.lt(tile, item.firstTile()));
      k.ifThen(
          k.gt(tile, item.firstTile()),
          () -> {
            k.assign(nextRows, rows(source, k.sub(tile, 1)));
            bringTile(Ring.KEYS, keyPosition, nextRows);
          });
      bringValues(source, tile, rows);
      k.assign(rows, nextRows);
      k.addTo(tile, -1);
    });
  }

  /// Row of the cache where a lane's part of a tile begins; a negative one if none of it is seen.
  private B32 rows(Source source, B32 tile) {
    B32 key = k.mad(tile, config.keys(), k.mul(lane, partRows));
    B32 page = k.div(key, problem.tokensPerBlock());
    B32 place = k.rem(key, problem.tokensPerBlock());
    Pred seen = k.and(k.lt(lane, parts()), k.lt(key, source.end));
    B32 block = k.constant(0);
    k.when(seen, () -> k.loadTo(block, k.at(k.madWide(page, Integer.BYTES, source.table))));
    B32 head = k.mad(block, problem.heads().keyValue(), source.kvHead);
    B32 row = k.mad(head, problem.tokensPerBlock(), place);
    return k.select(seen, row, k.constant(-partRows));
  }

  private void bringTile(Ring ring, RingPosition position, B32 rows) {
    copyTile(ring, position, rows, storage.full(ring, position));
    position.advance(k);
  }

  /// Copies a tile as soon as there is room; `barrier` tells when it is there.
  private void copyTile(Ring ring, RingPosition position, B32 rows, B32 barrier) {
    awaitEmpty(ring, position);
    B32 target = storage.stage(ring, position);
    HeadMaps maps = ring == Ring.KEYS ? parameters.keys() : parameters.values();
    int bytes = storage.tilePanels().copiedBytes(config.keys());
    k.when(leader, () -> k.arriveExpecting(k.at(barrier), bytes));
    for (int part = 0; part < parts(); part++) {
      B32 row = k.shuffleFrom(rows, k.constant(part));
      for (Panel panel : storage.tilePanels().panels()) {
        int offset = panel.offset() + part * partRows * panel.rowBytes();
        List<B32> place = List.of(k.constant(panel.column()), row);
        k.when(
            leader, () -> k.copyTensor(k.at(target, offset), maps.of(panel), place, k.at(barrier)));
      }
    }
  }

  private void awaitEmpty(Ring ring, RingPosition position) {
    k.awaitPhase(k.at(storage.empty(ring, position)), k.xor(position.phase(), 1));
  }

  private void bringQueries(WorkItem item) {
    awaitEmpty(Ring.QUERIES, queryPosition);
    B32 target = storage.stage(Ring.QUERIES, queryPosition);
    B32 full = storage.full(Ring.QUERIES, queryPosition);
    B32 itemAddress = storage.item(queryPosition);
    HeadPanels panels = storage.queryPanels();
    int copied = panels.copiedBytes(queryTile.copiedTokens() * queryTile.heads());
    k.ifThen(
        leader,
        () -> {
          item.store(k, itemAddress, zero);
          k.arriveExpecting(k.at(full), config.warpgroups() * copied);
          for (int warpgroup = 0; warpgroup < config.warpgroups(); warpgroup++) {
            B32 row = k.add(item.row(), warpgroup * queryTile.tokens());
            for (Panel panel : panels.panels()) {
              k.copyTensor(
                  k.at(target, warpgroup * panels.bytes() + panel.offset()),
                  parameters.queries().of(panel),
                  List.of(k.constant(panel.column()), item.head(), row),
                  k.at(full));
            }
          }
        });
    queryPosition.advance(k);
  }

  /// Values of a tile. Rows past the context, which only the first tile can have, become zeros.
  private void bringValues(Source source, B32 tile, B32 rows) {
    B32 known = k.sub(source.context, k.mul(tile, config.keys()));
    Pred partial = k.lt(known, config.keys());
    B32 full = storage.full(Ring.VALUES, valuePosition);
    copyTile(Ring.VALUES, valuePosition, rows, k.select(partial, storage.staged(), full));
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
    valuePosition.advance(k);
  }

  private void clear(B32 firstRow) {
    B32 target = storage.stage(Ring.VALUES, valuePosition);
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

  /// Tells the other warps that there is no more work.
  private void end() {
    awaitEmpty(Ring.QUERIES, queryPosition);
    B32 full = storage.full(Ring.QUERIES, queryPosition);
    B32 itemAddress = storage.item(queryPosition);
    k.ifThen(
        leader,
        () -> {
          new WorkItem(zero, zero, zero, zero, zero, zero, zero).store(k, itemAddress, zero);
          k.arrive(k.at(full));
        });
  }
}
