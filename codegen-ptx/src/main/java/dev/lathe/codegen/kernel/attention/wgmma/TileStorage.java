package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Operand.Address;

/// The shared memory of a block: queries of each warpgroup, rings of keys and of values, the work
/// item that they belong to, and the barriers that hand them over. A barrier that tells that
/// something is there gets one arrival and the bytes of copies; one that tells that it may be
/// written over, an arrival of every warp that computes.
final class TileStorage {
  private static final int BARRIER = 8;

  /// Barriers that have no stages.
  private static final int SINGLE_BARRIERS = 4;

  /// Words of a work item; see [WorkItem].
  static final int ITEM_WORDS = 8;

  /// One of the rings.
  enum Ring {
    KEYS,
    VALUES
  }

  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final HeadPanels queryPanels;
  private final HeadPanels tilePanels;
  private final B32 queries;
  private final B32 keys;
  private final B32 values;
  private final SharedRegion item;
  private final SharedRegion barriers;
  private final B32 barrierBase;

  TileStorage(KernelBuilder k, AttentionProblem problem, WgmmaAttentionConfig config) {
    this.k = k;
    this.config = config;
    this.queryPanels = queryPanels(problem);
    this.tilePanels = HeadPanels.of(problem.headDim(), config.keys());
    this.queries = region("queries", config.warpgroups() * queryPanels.bytes());
    this.keys = region("keys", config.stages() * tilePanels.bytes());
    this.values = region("values", config.stages() * tilePanels.bytes());
    this.item = k.shared("item", ITEM_WORDS * Integer.BYTES, 16);
    this.barriers = k.shared("barriers", barriers(config) * BARRIER, BARRIER);
    this.barrierBase = k.addressOf(barriers);
  }

  private B32 region(String name, int bytes) {
    return k.addressOf(k.shared(name, bytes, HeadPanels.ALIGNMENT));
  }

  private static HeadPanels queryPanels(AttentionProblem problem) {
    return HeadPanels.of(problem.headDim(), QueryTile.of(problem.heads().group()).sharedRows());
  }

  private static int barriers(WgmmaAttentionConfig config) {
    return SINGLE_BARRIERS + 4 * config.stages();
  }

  /// Bytes of a block.
  static int bytes(AttentionProblem problem, WgmmaAttentionConfig config) {
    int tile = HeadPanels.of(problem.headDim(), config.keys()).bytes();
    int rest = ITEM_WORDS * Integer.BYTES + barriers(config) * BARRIER;
    return config.warpgroups() * queryPanels(problem).bytes() + 2 * config.stages() * tile + rest;
  }

  HeadPanels queryPanels() {
    return queryPanels;
  }

  /// Panels of a tile of keys or values.
  HeadPanels tilePanels() {
    return tilePanels;
  }

  /// The queries of a warpgroup.
  B32 queries(B32 warpgroup) {
    return k.mad(warpgroup, queryPanels.bytes(), queries);
  }

  B32 firstQueries() {
    return queries;
  }

  /// The first tile of a ring.
  B32 firstTile(Ring ring) {
    return ring == Ring.KEYS ? keys : values;
  }

  /// A tile of a ring.
  B32 tile(Ring ring, RingPosition position) {
    return k.mad(position.stage(), tilePanels.bytes(), firstTile(ring));
  }

  /// The work item.
  Address item(int word) {
    return item.at(word * Integer.BYTES);
  }

  /// Queries and work item are there.
  Address queriesFull() {
    return barriers.at(0);
  }

  /// Queries and work item may be written over.
  Address queriesEmpty() {
    return barriers.at(BARRIER);
  }

  /// Values are there that the producer still has to change.
  B32 staged() {
    return k.add(barrierBase, 2 * BARRIER);
  }

  /// Nobody waits for it: see [WeightedSums#isWeighed].
  Address weighed() {
    return barriers.at(3 * BARRIER);
  }

  /// The tile is there.
  B32 full(Ring ring, RingPosition position) {
    return barrier(2 * ring.ordinal(), position);
  }

  /// The tile may be written over.
  B32 empty(Ring ring, RingPosition position) {
    return barrier(2 * ring.ordinal() + 1, position);
  }

  private B32 barrier(int row, RingPosition position) {
    int offset = (SINGLE_BARRIERS + row * config.stages()) * BARRIER;
    return k.add(k.mad(position.stage(), BARRIER, barrierBase), offset);
  }

  /// Makes the barriers; by one thread.
  void initBarriers() {
    k.initBarrier(queriesFull(), 1);
    k.initBarrier(queriesEmpty(), config.consumerWarps());
    k.initBarrier(barriers.at(2 * BARRIER), 1);
    k.initBarrier(weighed(), config.consumerWarps());
    for (int row = 0; row < 4; row++) {
      for (int stage = 0; stage < config.stages(); stage++) {
        int arrivals = row % 2 == 0 ? 1 : config.consumerWarps();
        k.initBarrier(
            barriers.at((SINGLE_BARRIERS + row * config.stages() + stage) * BARRIER), arrivals);
      }
    }
    k.fenceBarrierInit();
  }
}
