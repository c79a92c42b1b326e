package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Span;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;

/// Emits a warpgroup that computes: 64 rows of queries against tile after tile of keys and values.
///
/// With overlap, the tensor cores add the values of one tile while the arithmetic units weigh the
/// scores of the next: scores are begun, then values, and what is weighed is waited for first. In
/// the text, no product is under way where a loop begins anew, as the assembler demands.
final class TileConsumer {
  private static final int STEP = 16;
  private static final int NO_LEADING = 1 << 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;
  private final WgmmaAttentionParameters parameters;
  private final TileStorage storage;
  private final B32 warpgroup;
  private final Pred leader;
  private final B32 queryDescriptor;
  private final B32 keyDescriptor;
  private final B32 valueAddress;
  private final RingPosition keyPosition;
  private final RingPosition valuePosition;
  private final RingPosition queryPosition;
  private final WeightedSums state;
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
    this.problem = problem;
    this.config = config;
    this.parameters = parameters;
    this.storage = storage;
    this.warpgroup = k.shr(warp, 2);
    this.leader = k.elect();
    B32 queries = k.mad(warpgroup, storage.queryPanels().bytes(), storage.first(Ring.QUERIES));
    this.queryDescriptor = k.or(k.shr(queries, 4), NO_LEADING);
    this.keyDescriptor = k.or(k.shr(storage.first(Ring.KEYS), 4), NO_LEADING);
    this.valueAddress = k.shr(storage.first(Ring.VALUES), 4);
    this.keyPosition = storage.start(Ring.KEYS);
    this.valuePosition = storage.start(Ring.VALUES);
    this.queryPosition = storage.start(Ring.QUERIES);
    this.turns = new WarpgroupTurns(k, config, warpgroup);
    this.state = new WeightedSums(k, problem, config.keys());
    this.results = new ResultRows(k, problem, parameters.out(), warpgroup);
  }

  void emit() {
    turns.begin();
    k.loop(() -> {
      awaitFull(Ring.QUERIES, queryPosition);
      WorkItem item = WorkItem.load(k, storage.item(queryPosition));
      k.breakIf(k.eq(item.tokens(), 0));
      state.reset();
      k.ifElse(
          k.le(item.firstTile(), item.lastTile()),
          () -> {
            if (config.overlap()) {
              attendOverlapped(item);
            } else {
              attend(item);
            }
          },
          () -> release(Ring.QUERIES, queryPosition));
      queryPosition.advance(k);
      results.store(item, state.results());
    });
  }

  private void attend(WorkItem item) {
    ScoreRows rows = rows(item);
    B32 tile = k.copy(item.lastTile());
    k.loop(() -> {
      beginScores();
      k.wgmmaWait(0);
      release(Ring.KEYS, keyPosition);
      rows.apply(tile, state.scores());
      state.update();
      state.rescale();
      state.pack();
      beginValues();
      k.wgmmaWait(0);
      release(Ring.VALUES, valuePosition);
      valuePosition.advance(k);
      keyPosition.advance(k);
      k.addTo(tile, -1);
      k.breakIf(k.lt(tile, item.firstTile()));
    });
    release(Ring.QUERIES, queryPosition);
  }

  private void attendOverlapped(WorkItem item) {
    ScoreRows rows = rows(item);
    B32 tile = k.copy(item.lastTile());
    beginScores();
    k.wgmmaWait(0);
    release(Ring.KEYS, keyPosition);
    rows.apply(tile, state.scores());
    state.update();
    state.pack();
    keyPosition.advance(k);
    k.loop(() -> {
      k.addTo(tile, -1);
      k.breakIf(k.lt(tile, item.firstTile()));
      turns.await();
      beginScores();
      beginValues();
      turns.pass();
      k.wgmmaWait(1);
      release(Ring.KEYS, keyPosition);
      rows.apply(tile, state.scores());
      state.update();
      k.when(k.and(leader, state.isWeighed()), () -> k.arrive(storage.weighed()));
      k.wgmmaWait(0);
      release(Ring.VALUES, valuePosition);
      state.rescale();
      state.pack();
      valuePosition.advance(k);
      keyPosition.advance(k);
    });
    release(Ring.QUERIES, queryPosition);
    beginValues();
    k.wgmmaWait(0);
    release(Ring.VALUES, valuePosition);
    valuePosition.advance(k);
  }

  private ScoreRows rows(WorkItem item) {
    return new ScoreRows(k, problem, config, parameters, warpgroup, item);
  }

  /// Begins the scores of the next tile of keys.
  private void beginScores() {
    awaitFull(Ring.KEYS, keyPosition);
    HeadPanels tiles = storage.tilePanels();
    B32 queries = storage.descriptor(Ring.QUERIES, queryPosition, queryDescriptor);
    B32 keys = storage.descriptor(Ring.KEYS, keyPosition, keyDescriptor);
    k.wgmmaFence();
    for (int column = 0; column < problem.headDim(); column += STEP) {
      Panel query = storage.queryPanels().panelOf(column);
      Panel key = tiles.panelOf(column);
      int inPanel = (column - key.column()) * HeadPanels.ELEMENT;
      int queryOffset = (query.offset() + inPanel) >> 4;
      int keyOffset = (key.offset() + inPanel) >> 4;
      k.wgmma(
          problem.halfType(),
          state.scores(),
          k.join(k.add(queries, queryOffset), query.descriptorHigh()),
          k.join(k.add(keys, keyOffset), key.descriptorHigh()),
          Operand.imm(column == 0 ? 0 : 1));
    }
    k.wgmmaCommit();
  }

  /// Begins to add the values of the tile whose weights are packed.
  private void beginValues() {
    awaitFull(Ring.VALUES, valuePosition);
    B32 values = storage.descriptor(Ring.VALUES, valuePosition, valueAddress);
    k.wgmmaFence();
    for (int step = 0; step < config.keys() / STEP; step++) {
      for (Span span : storage.tilePanels().spans()) {
        int offset = span.first().offset() + step * STEP * span.first().rowBytes();
        k.wgmma(
            problem.halfType(),
            state.sums(span),
            state.weights(step),
            k.join(
                k.add(values, (offset >> 4) + span.descriptorLeading()),
                span.first().descriptorHigh()),
            Operand.imm(1),
            true);
      }
    }
    k.wgmmaCommit();
  }

  private void awaitFull(Ring ring, RingPosition position) {
    k.awaitPhase(k.at(storage.full(ring, position)), position.phase());
  }

  private void release(Ring ring, RingPosition position) {
    B32 barrier = storage.empty(ring, position);
    k.when(leader, () -> k.arrive(k.at(barrier)));
  }
}
