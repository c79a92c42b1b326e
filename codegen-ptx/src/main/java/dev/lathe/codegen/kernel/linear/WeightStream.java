package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// The weights of a warp of [StreamLinear], on their way from memory: a ring of chunks in
/// registers. What a chunk leaves free is requested anew at once, for the chunk that comes `depth`
/// positions later, be it of this row tile or of the block's next one.
final class WeightStream {
  private static final int ELEMENT_BYTES = 2;

  /// Elements of a row that a lane loads at once.
  private static final int LANE_ELEMENTS = 8;

  private final KernelBuilder k;
  private final StreamLayout layout;
  private final B64 lanes;
  private final B32 laneElement;
  private final B32 group;
  private final B32 blocks;
  private final B32 tile;
  private final Pred more;
  private final B64 upperRow;
  private final B64 lowerRow;
  private final List<Chunk> ring = new ArrayList<>();

  /// A lane's part of a chunk: for each half of 32 elements of k, 4 words of a row of the upper 8
  /// rows, and 4 of the row 8 below.
  record Chunk(List<List<B32>> upper, List<List<B32>> lower) {}

  WeightStream(KernelBuilder k, StreamLayout layout, B64 weight) {
    this.k = k;
    this.layout = layout;
    B32 lane = k.laneIndex();
    this.group = k.shr(lane, 2);
    B32 quad = k.mul(k.and(lane, 3), LANE_ELEMENTS);
    this.laneElement = k.mad(k.warpIndex(), StreamLayout.CHUNK, quad);
    this.lanes = k.madWide(laneElement, ELEMENT_BYTES, weight);
    this.blocks = k.gridX();
    this.tile = k.sub(k.blockX(), blocks);
    this.more = k.newPred();
    this.upperRow = k.newB64();
    this.lowerRow = k.newB64();
  }

  /// Element of k in a slot with which this lane's part begins.
  B32 laneElement() {
    return laneElement;
  }

  /// Requests the chunks of the first `depth` positions.
  void start() {
    k.comment("the first chunks of weights");
    for (int i = 0; i < layout.config().depth(); i++) {
      ring.add(new Chunk(halves(), halves()));
    }
    for (int position = 0; position < layout.config().depth(); position++) {
      request(position);
    }
  }

  private List<List<B32>> halves() {
    return List.of(zeros(), zeros());
  }

  private List<B32> zeros() {
    return List.of(k.constant(0), k.constant(0), k.constant(0), k.constant(0));
  }

  /// The chunk at a position since the ring was last where it began.
  Chunk at(int position) {
    return ring.get(position % layout.config().depth());
  }

  /// Requests what comes `depth` positions after a position that is done with.
  void refill(int position) {
    request(position + layout.config().depth());
  }

  private void request(int position) {
    int slot = position % layout.positions();
    if (slot == 0) {
      nextTile();
    }
    if (slot < layout.slots()) {
      for (int half = 0; half < 2; half++) {
        request(at(position), slot, half);
      }
    }
  }

  /// Rows past the last are read as the last, and never stored.
  private void nextTile() {
    k.addTo(tile, blocks);
    k.assign(more, k.lt(tile, layout.rowTiles()));
    B32 upper = k.mad(tile, StreamLayout.ROWS, group);
    B32 lower = k.add(upper, StreamLayout.ROWS / 2);
    int rows = layout.linear().n();
    boolean whole = rows % StreamLayout.ROWS == 0;
    k.assign(upperRow, row(whole ? upper : k.min(upper, rows - 1)));
    k.assign(lowerRow, row(whole ? lower : k.min(lower, rows - 1)));
  }

  private B64 row(B32 row) {
    return k.madWide(row, layout.linear().k() * ELEMENT_BYTES, lanes);
  }

  private void request(Chunk chunk, int slot, int half) {
    List<B32> upper = chunk.upper.get(half);
    List<B32> lower = chunk.lower.get(half);
    int first = slot * layout.slotElements() + half * StreamLayout.CHUNK / 2;
    Pred wanted = more;
    if (layout.isRagged(slot)) {
      upper.forEach(word -> k.assign(word, 0));
      lower.forEach(word -> k.assign(word, 0));
      wanted = k.and(more, k.lt(laneElement, layout.linear().k() - first));
    }
    k.when(
        wanted,
        () -> {
          var cache = layout.config().fetch().cache();
          k.loadWordsTo(upper, k.at(upperRow, first * ELEMENT_BYTES), cache);
          k.loadWordsTo(lower, k.at(lowerRow, first * ELEMENT_BYTES), cache);
        });
  }
}
