package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// The shared memory of a block: rings of work items, of queries (of all warpgroups), of keys and
/// of values, and the barriers that hand them over. A barrier that tells that something is there
/// gets one arrival and the bytes of copies; one that tells that it may be written over, an arrival
/// of every warp that reads it.
final class TileStorage {
  private static final int BARRIER = 8;

  /// Items that wait while tiles of one are computed and those of another are loaded.
  private static final int ITEM_STAGES = 4;

  /// Warps that read items besides those that compute.
  private static final int LOADERS = 2;

  /// Barriers that belong to no ring, before those of the warpgroups' turns.
  private static final int SINGLE_BARRIERS = 3;

  /// The rings.
  enum Ring {
    QUERIES,
    KEYS,
    VALUES,
    ITEMS;

    private int stages(WgmmaAttentionConfig config) {
      return switch (this) {
        case QUERIES -> config.queryStages();
        case KEYS -> config.keyStages();
        case VALUES -> config.valueStages();
        case ITEMS -> ITEM_STAGES;
      };
    }

    /// Bytes of a stage.
    private int bytes(AttentionProblem problem, WgmmaAttentionConfig config) {
      return switch (this) {
        case QUERIES -> config.warpgroups() * queryPanels(problem).bytes();
        case KEYS, VALUES -> HeadPanels.of(problem.headDim(), config.keys()).bytes();
        case ITEMS -> WorkItem.BYTES;
      };
    }

    private int alignment() {
      return this == ITEMS ? WorkItem.ALIGNMENT : HeadPanels.ALIGNMENT;
    }

    /// Warps that read a stage.
    private int readers(WgmmaAttentionConfig config) {
      return config.consumerWarps() + (this == ITEMS ? LOADERS : 0);
    }
  }

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final WgmmaAttentionConfig config;
  private final HeadPanels queryPanels;
  private final HeadPanels tilePanels;
  private final Map<Ring, B32> rings = new EnumMap<>(Ring.class);
  private final SharedRegion barriers;
  private final B32 barrierBase;

  TileStorage(KernelBuilder k, AttentionProblem problem, WgmmaAttentionConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.queryPanels = queryPanels(problem);
    this.tilePanels = HeadPanels.of(problem.headDim(), config.keys());
    for (Ring ring : Ring.values()) {
      int bytes = ring.stages(config) * ring.bytes(problem, config);
      String name = ring.name().toLowerCase(Locale.ROOT);
      rings.put(ring, k.addressOf(k.shared(name, bytes, ring.alignment())));
    }
    this.barriers = k.shared("barriers", barriers(config) * BARRIER, BARRIER);
    this.barrierBase = k.addressOf(barriers);
  }

  private static HeadPanels queryPanels(AttentionProblem problem) {
    return HeadPanels.of(problem.headDim(), QueryTile.of(problem.heads().group()).sharedRows());
  }

  private static int barriers(WgmmaAttentionConfig config) {
    int stages = Arrays.stream(Ring.values()).mapToInt(ring -> ring.stages(config)).sum();
    return SINGLE_BARRIERS + config.warpgroups() + 2 * stages;
  }

  /// Bytes of a block.
  static int bytes(AttentionProblem problem, WgmmaAttentionConfig config) {
    int bytes = barriers(config) * BARRIER;
    for (Ring ring : Ring.values()) {
      bytes += ring.stages(config) * ring.bytes(problem, config);
    }
    return bytes;
  }

  /// Panels of the queries of one warpgroup.
  HeadPanels queryPanels() {
    return queryPanels;
  }

  /// Panels of a tile of keys or values.
  HeadPanels tilePanels() {
    return tilePanels;
  }

  /// The beginning of a ring.
  RingPosition start(Ring ring) {
    return RingPosition.start(k, ring.stages(config));
  }

  /// The first stage of a ring.
  B32 first(Ring ring) {
    B32 first = rings.get(ring);
    if (first == null) {
      throw new IllegalStateException("no ring " + ring);
    }
    return first;
  }

  /// A stage of a ring.
  B32 stage(Ring ring, RingPosition position) {
    return k.mad(position.stage(), ring.bytes(problem, config), first(ring));
  }

  /// A stage of a ring as a matrix descriptor counts, from what the first one has.
  B32 descriptor(Ring ring, RingPosition position, B32 first) {
    return k.mad(position.stage(), ring.bytes(problem, config) >> 4, first);
  }

  /// Values are there of which some still have to be cleared.
  B32 staged() {
    return k.copy(barrierBase);
  }

  /// Nobody waits for it: see [WeightedSums#isWeighed].
  Address weighed() {
    return barriers.at(BARRIER);
  }

  /// Somebody will need one more work item soon.
  Address wanted() {
    return barriers.at(2 * BARRIER);
  }

  /// It is the turn of a warpgroup.
  B32 turn(B32 warpgroup) {
    return k.add(k.mad(warpgroup, BARRIER, barrierBase), SINGLE_BARRIERS * BARRIER);
  }

  /// The stage is there.
  B32 full(Ring ring, RingPosition position) {
    return barrier(ring, 0, position);
  }

  /// The stage may be written over.
  B32 empty(Ring ring, RingPosition position) {
    return barrier(ring, 1, position);
  }

  private B32 barrier(Ring ring, int row, RingPosition position) {
    int offset = firstBarrier(ring, row) * BARRIER;
    return k.add(k.mad(position.stage(), BARRIER, barrierBase), offset);
  }

  private int firstBarrier(Ring ring, int row) {
    int first = SINGLE_BARRIERS + config.warpgroups() + row * ring.stages(config);
    for (Ring before : Ring.values()) {
      first += before.ordinal() < ring.ordinal() ? 2 * before.stages(config) : 0;
    }
    return first;
  }

  /// Makes the barriers; by one thread.
  void initBarriers() {
    k.initBarrier(barriers.at(0), 1);
    k.initBarrier(weighed(), config.consumerWarps());
    k.initBarrier(wanted(), 1);
    for (int warpgroup = 0; warpgroup < config.warpgroups(); warpgroup++) {
      Address turn = barriers.at((SINGLE_BARRIERS + warpgroup) * BARRIER);
      k.initBarrier(turn, WgmmaAttentionConfig.WARPGROUP_WARPS);
    }
    for (Ring ring : Ring.values()) {
      for (int row = 0; row < 2; row++) {
        for (int stage = 0; stage < ring.stages(config); stage++) {
          Address barrier = barriers.at((firstBarrier(ring, row) + stage) * BARRIER);
          k.initBarrier(barrier, row == 0 ? 1 : ring.readers(config));
        }
      }
    }
    k.fenceBarrierInit();
  }
}
