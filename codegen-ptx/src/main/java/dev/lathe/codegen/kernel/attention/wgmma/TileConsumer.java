package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Span;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

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
  private final TileStorage storage;
  private final QueryTile queryTile;
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
    this.storage = storage;
    this.queryTile = QueryTile.of(problem.heads().group());
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
    RowLimits limits = limits(item);
    B32 tile = k.copy(item.lastTile());
    k.loop(() -> {
      beginScores();
      k.wgmmaWait(0);
      release(Ring.KEYS, keyPosition);
      limits.hide(tile, state.scores());
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
    RowLimits limits = limits(item);
    B32 tile = k.copy(item.lastTile());
    beginScores();
    k.wgmmaWait(0);
    release(Ring.KEYS, keyPosition);
    limits.hide(tile, state.scores());
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
      limits.hide(tile, state.scores());
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

  private RowLimits limits(WorkItem item) {
    return RowLimits.of(k, problem, config.keys(), queryTile, warpgroup, item.position());
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

  /// What the two rows of a thread see.
  ///
  /// @param first position of the warpgroup's first row
  /// @param upper position of the first row of the thread, less twice its place in the quad
  /// @param lower the same of the second row
  private record RowLimits(
      KernelBuilder k,
      AttentionProblem problem,
      int keys,
      int tokens,
      B32 first,
      B32 upper,
      B32 lower) {
    static RowLimits of(
        KernelBuilder k,
        AttentionProblem problem,
        int keys,
        QueryTile tile,
        B32 warpgroup,
        B32 position) {
      B32 first = k.mad(warpgroup, tile.tokens(), position);
      B32 row = k.and(k.shr(k.threadIndex(), 2), 7);
      B32 index = k.mad(k.and(k.warpIndex(), 3), 16, row);
      B32 base = k.sub(first, k.mul(k.and(k.threadIndex(), 3), 2));
      return new RowLimits(
          k,
          problem,
          keys,
          tile.tokens(),
          first,
          k.add(base, k.div(index, tile.heads())),
          k.add(base, k.div(k.add(index, 8), tile.heads())));
    }

    /// Hides keys after a row's position and before its window, in tiles that have any.
    void hide(B32 tile, List<F32> scores) {
      B32 key = k.mul(tile, keys);
      Pred needed = k.gt(k.add(key, keys - 1), first);
      if (problem.window() > 0) {
        B32 last = k.add(first, tokens - 1);
        needed = k.or(needed, k.le(k.add(key, problem.window()), last));
      }
      k.ifThen(needed, () -> hideInTile(key, scores));
    }

    private void hideInTile(B32 key, List<F32> scores) {
      B32[] limits = {k.sub(upper, key), k.sub(lower, key)};
      for (int i = 0; i < scores.size(); i++) {
        int column = (i >> 2) * 8 + (i & 1);
        B32 limit = limits[(i >> 1) & 1];
        Pred hidden = k.lt(limit, column);
        if (problem.window() > 0) {
          hidden = k.or(hidden, k.ge(limit, k.constant(column + problem.window())));
        }
        F32 score = scores.get(i);
        k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
      }
    }
  }
}
