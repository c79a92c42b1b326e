package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.kernel.attention.wgmma.WorkItem.Keys;
import dev.lathe.codegen.kernel.attention.wgmma.WorkItem.Rows;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;

/// Emits a warpgroup that computes: 64 rows of queries against tile after tile of keys and values.
///
/// The tensor cores add the values of one tile while the arithmetic units weigh the scores of the
/// next: scores are begun, then values, and what is weighed is waited for first. This goes on from
/// item to item without a gap: the results of one are stored after the first scores of the next are
/// weighed. In the text, no product is under way where a loop begins anew, as the assembler
/// demands.
final class TileConsumer {
  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final TileStorage storage;
  private final Pred leader;
  private final RingPosition itemPosition;

  /// The item whose results are next to be stored.
  private final RingPosition finished;

  private final RingPosition keyPosition;
  private final RingPosition valuePosition;
  private final RingPosition queryPosition;

  /// Tokens of the item, and the tiles of keys that are still to come.
  private final B32 tokens;

  private final B32 tile;
  private final B32 firstTile;
  private final ScoreRows scoreRows;

  /// 1 if only half of the tile is weighed whose weights are packed.
  private final B32 halfWeighed;

  private final WeightedSums state;
  private final TileProducts products;
  private final WarpgroupTurns turns;
  private final ResultRows results;

  TileConsumer(
      KernelBuilder k,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      WgmmaAttentionParameters parameters,
      TileStorage storage,
      B32 warp) {
    this.k = k;
    this.config = config;
    this.storage = storage;
    B32 warpgroup = k.shr(warp, 2);
    this.leader = k.elect();
    this.itemPosition = storage.start(Ring.ITEMS);
    this.finished = storage.start(Ring.ITEMS);
    this.keyPosition = storage.start(Ring.KEYS);
    this.valuePosition = storage.start(Ring.VALUES);
    this.queryPosition = storage.start(Ring.QUERIES);
    this.turns = new WarpgroupTurns(k, config, warpgroup);
    this.tokens = k.constant(0);
    this.tile = k.constant(0);
    this.firstTile = k.constant(0);
    this.scoreRows = new ScoreRows(k, problem, config, parameters, warpgroup);
    this.state = new WeightedSums(k, problem, config.keys());
    this.products = new TileProducts(k, problem, storage, warpgroup, state);
    this.halfWeighed = k.constant(0);
    this.results = new ResultRows(k, problem, parameters.out(), warpgroup);
  }

  void emit() {
    turns.begin();
    beginItem();
    k.ifThen(
        k.ne(tokens, 0),
        () -> {
          weighFirst();
          k.loop(this::weighNext);
          addLast();
        });
  }

  /// Waits for an item and begins with its last tile of keys.
  private void beginItem() {
    awaitFull(Ring.ITEMS, itemPosition);
    B32 item = storage.stage(Ring.ITEMS, itemPosition);
    Rows rows = Rows.load(k, item);
    Keys keys = Keys.load(k, item);
    k.assign(tokens, rows.tokens());
    k.assign(tile, keys.lastTile());
    k.assign(firstTile, keys.firstTile());
    scoreRows.begin(rows, keys);
  }

  /// The first tile of all: there is nothing to add yet.
  private void weighFirst() {
    awaitQueriesAndKeys();
    products.beginScores(queryPosition, keyPosition, config.keys());
    k.wgmmaWait(0);
    releaseKeys();
    scoreRows.apply(tile, state.scores(config.keys()));
    state.beginRows();
    state.update(config.keys());
    state.pack(config.keys());
    keyPosition.advance(k);
  }

  /// Weighs the scores of a tile while the values of the one before are added, be it of this item
  /// or of the one before. Of an item's first tile, rows may see only half.
  private void weighNext() {
    k.addTo(tile, -1);
    Pred itemEnds = k.lt(tile, firstTile);
    k.ifThen(
        itemEnds,
        () -> {
          finished.moveTo(k, itemPosition);
          itemPosition.advance(k);
          queryPosition.advance(k);
          beginItem();
        });
    k.breakIf(k.eq(tokens, 0));
    turns.await();
    awaitQueriesAndKeys();
    int all = config.keys();
    if (config.halves()) {
      int half = config.halfKeys();
      k.ifElse(
          k.and(itemEnds, scoreRows.seeOnly(tile, half)),
          () -> weigh(half, all, itemEnds),
          () ->
              k.ifElse(
                  k.ne(halfWeighed, 0),
                  () -> weigh(all, half, itemEnds),
                  () -> weigh(all, all, itemEnds)));
    } else {
      weigh(all, all, itemEnds);
    }
    valuePosition.advance(k);
    keyPosition.advance(k);
  }

  /// @param scoreKeys keys of the tile that are looked at
  /// @param valueKeys keys of the tile before whose values are added
  /// @param itemEnds whether the tile before is the last of its item
  private void weigh(int scoreKeys, int valueKeys, Pred itemEnds) {
    products.beginScores(queryPosition, keyPosition, scoreKeys);
    awaitFull(Ring.VALUES, valuePosition);
    products.beginValues(valuePosition, valueKeys);
    turns.pass();
    k.wgmmaWait(1);
    releaseKeys();
    scoreRows.apply(tile, state.scores(scoreKeys));
    k.ifThen(itemEnds, state::beginRows);
    state.update(scoreKeys);
    k.when(k.and(leader, state.isWeighed()), () -> k.arrive(storage.weighed()));
    k.wgmmaWait(0);
    release(Ring.VALUES, valuePosition);
    state.pack(scoreKeys);
    k.assign(halfWeighed, scoreKeys < config.keys() ? 1 : 0);
    k.ifElse(
        itemEnds,
        () -> {
          finishItem();
          state.clear();
        },
        state::rescale);
  }

  /// The values of the last tile of all.
  private void addLast() {
    awaitFull(Ring.VALUES, valuePosition);
    products.beginValues(valuePosition, config.keys());
    k.wgmmaWait(0);
    release(Ring.VALUES, valuePosition);
    state.beginRows();
    finishItem();
  }

  private void finishItem() {
    results.store(Rows.load(k, storage.stage(Ring.ITEMS, finished)), state.results());
    release(Ring.ITEMS, finished);
  }

  private void releaseKeys() {
    release(Ring.KEYS, keyPosition);
    B32 queries = storage.empty(Ring.QUERIES, queryPosition);
    k.when(k.and(leader, k.eq(tile, firstTile)), () -> k.arrive(k.at(queries)));
  }

  private void awaitQueriesAndKeys() {
    awaitFull(Ring.QUERIES, queryPosition);
    awaitFull(Ring.KEYS, keyPosition);
  }

  private void awaitFull(Ring ring, RingPosition position) {
    k.awaitPhase(k.at(storage.full(ring, position)), position.phase());
  }

  private void release(Ring ring, RingPosition position) {
    B32 barrier = storage.empty(ring, position);
    k.when(leader, () -> k.arrive(k.at(barrier)));
  }
}
