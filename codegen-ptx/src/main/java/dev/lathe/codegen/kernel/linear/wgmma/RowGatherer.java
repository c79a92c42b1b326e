package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.ArrayList;
import java.util.List;

/// Fills the tokens of the ring's stages from rows that are found through an index: some warps, a
/// tile after the other, while a [Producer] brings the weights.
///
/// A warp copies groups of 8 rows, 128 bytes of each, chunk by chunk to where 128-byte swizzling
/// has them. Its lanes hold the indexes of the tile's rows and hand them to one another; those of
/// the next tile are asked for while this one's stages are filled. Copies of some stages are under
/// way at a time: a stage is reported once they are done and `wgmma` can see them, also when a tile
/// ends in between.
final class RowGatherer {
  /// Rows of a group: what swizzling repeats after.
  static final int ATOM_ROWS = 8;

  private static final int LANES = 32;
  private static final int CHUNK_BYTES = 16;
  private static final int CHUNK_ELEMENTS = 8;
  private static final int CHUNKS = MatrixDescriptor.ROW_BYTES / CHUNK_BYTES;
  private static final int ATOM_BYTES = ATOM_ROWS * MatrixDescriptor.ROW_BYTES;

  /// Rows that the lanes of a warp copy at once.
  private static final int ROWS_AT_ONCE = LANES / CHUNKS;

  private final KernelBuilder k;
  private final GroupedConfig config;
  private final StageRing ring;
  private final TileOrder walk;
  private final Source source;
  private final int gatherers;
  private final int stagesOfK;
  private final B32 atoms;
  private final B32 nextAtoms;
  private final B32 warp;
  private final B32 lane;
  private final B32 chunk;
  private final List<B32> laneOffsets;

  /// Where rows come from.
  ///
  /// @param input address of the rows, of `elements` of 16 bits each
  /// @param index address of the row of each token
  record Source(B64 input, B64 index, int elements) {}

  /// @param warp which of [GroupedConfig#gatherers] this is
  RowGatherer(
      KernelBuilder k,
      GroupedConfig config,
      StageRing ring,
      TileOrder walk,
      Source source,
      B32 warp) {
    this.k = k;
    this.config = config;
    this.ring = ring;
    this.walk = walk;
    this.source = source;
    this.gatherers = config.gatherers();
    this.stagesOfK = KRange.stages(source.elements, config.tile());
    this.atoms = k.constant(0);
    this.nextAtoms = k.constant(0);
    this.warp = warp;
    this.lane = k.laneIndex();
    this.chunk = k.and(lane, CHUNKS - 1);
    this.laneOffsets =
        List.of(laneOffset(k.shr(lane, 3)), laneOffset(k.add(k.shr(lane, 3), ROWS_AT_ONCE)));
  }

  /// Where this lane's chunk of a row lies from the start of the stage's tokens, in the first group
  /// of the warp.
  private B32 laneOffset(B32 row) {
    B32 swizzled = k.mul(k.xor(chunk, row), CHUNK_BYTES);
    B32 inAtom = k.mad(row, MatrixDescriptor.ROW_BYTES, swizzled);
    return k.mad(warp, ATOM_BYTES, inAtom);
  }

  /// Groups of 8 rows that are multiplied of every tile.
  private int leastAtoms() {
    return config.widths().getLast() / ATOM_ROWS;
  }

  /// Groups of 8 rows of each warp, at most.
  private int rounds() {
    return Math.ceilDiv(config.tokens() / ATOM_ROWS, gatherers);
  }

  /// All lanes of the warp.
  ///
  /// @param first tile of this block
  /// @param step to its next one
  void emit(B32 first, B32 step) {
    k.comment("tokens, row by row");
    k.ifThen(k.lt(first, walk.tiles()), () -> gatherFrom(first, step));
  }

  private void gatherFrom(B32 first, B32 step) {
    B32 tile = k.copy(first);
    List<B32> rows = newRows();
    List<B32> nextRows = newRows();
    load(rows, atoms, walk.place(tile));
    StageRing.Cursor cursor = ring.cursor(0);
    StageRing.Cursor done = ring.cursor(0);
    B32 underWay = k.constant(0);
    int askAt = Math.min(config.stages(), stagesOfK) - 1;
    k.loop(() -> {
      B32 next = k.add(tile, step);
      k.forRange(
          k.constant(0),
          stagesOfK,
          1,
          stage -> {
            cursor.awaitEmpty();
            copyStage(cursor, stage, rows);
            cursor.advance();
            k.commitCopies();
            k.waitCopies(config.underWay());
            report(done, underWay);
            k.ifThen(
                k.and(k.eq(stage, askAt), k.lt(next, walk.tiles())),
                () -> load(nextRows, nextAtoms, walk.place(next)));
          });
      k.assign(tile, next);
      k.breakIf(k.ge(tile, walk.tiles()));
      k.assign(atoms, nextAtoms);
      for (int i = 0; i < rows.size(); i++) {
        k.assign(rows.get(i), nextRows.get(i));
      }
    });
    k.waitCopies(0);
    reportAll(done, underWay);
  }

  /// One for the index of each row of the warp, over its lanes.
  private List<B32> newRows() {
    List<B32> rows = new ArrayList<>();
    for (int i = 0; i < Math.ceilDiv(rounds() * ATOM_ROWS, LANES); i++) {
      rows.add(k.constant(0));
    }
    return rows;
  }

  /// Asks for the indexes of a tile's rows. Those past its last row are not stored: the last one
  /// stands for them.
  ///
  /// @param groups gets how many groups of 8 rows are multiplied
  private void load(List<B32> rows, B32 groups, Place place) {
    B32 end = place.part().orElseThrow().end();
    B32 last = k.sub(end, 1);
    B32 count = k.max(k.sub(end, place.token()), 0);
    k.assign(groups, k.max(k.shr(k.add(count, ATOM_ROWS - 1), 3), leastAtoms()));
    B32 atom = k.mad(k.shr(lane, 3), gatherers, warp);
    B32 row = k.mad(atom, ATOM_ROWS, k.and(lane, ATOM_ROWS - 1));
    for (int i = 0; i < rows.size(); i++) {
      int later = i * (LANES / ATOM_ROWS) * gatherers * ATOM_ROWS;
      B32 token = k.min(k.add(place.token(), k.add(row, later)), last);
      k.loadTo(rows.get(i), k.at(k.madWide(token, Integer.BYTES, source.index)));
    }
    k.warpBarrier();
  }

  private void copyStage(StageRing.Cursor cursor, B32 stage, List<B32> rows) {
    B32 address = cursor.address();
    List<B32> to = laneOffsets.stream().map(offset -> k.add(address, offset)).toList();
    for (int block = 0; block < config.depth(); block++) {
      int first = block * MatrixDescriptor.ROW_ELEMENTS;
      B32 start = k.mad(stage, config.tile().stageElements(), k.mul(chunk, CHUNK_ELEMENTS));
      Piece piece = piece(k.add(start, first));
      for (int round = 0; round < rounds(); round++) {
        int offset = ring.tokenOffset(block) + round * gatherers * ATOM_BYTES;
        copyAtom(to, offset, round, rows, piece);
      }
    }
  }

  /// What this lane copies of each row.
  ///
  /// @param address of the input's first row
  /// @param bytes that there are, where rows may end before the stage; -1: all
  private record Piece(B64 address, B32 bytes, boolean whole) {}

  private Piece piece(B32 element) {
    if (source.elements % config.tile().stageElements() == 0) {
      return new Piece(k.madWide(element, 2, source.input), element, true);
    }
    Pred inside = k.lt(element, source.elements);
    B32 existing = k.select(inside, element, k.constant(0));
    B32 bytes = k.select(inside, CHUNK_BYTES, 0);
    return new Piece(k.madWide(existing, 2, source.input), bytes, false);
  }

  /// A group of 8 rows; the last rounds may have none for this warp.
  private void copyAtom(List<B32> to, int offset, int round, List<B32> rows, Piece piece) {
    int first = round * gatherers;
    if (first + gatherers > leastAtoms()) {
      k.ifThen(k.lt(k.add(warp, first), atoms), () -> copyRows(to, offset, round, rows, piece));
    } else {
      copyRows(to, offset, round, rows, piece);
    }
  }

  private void copyRows(List<B32> to, int offset, int round, List<B32> rows, Piece piece) {
    int atoms = LANES / ATOM_ROWS;
    for (int half = 0; half < to.size(); half++) {
      int firstLane = round % atoms * ATOM_ROWS + half * ROWS_AT_ONCE;
      B32 holder = k.add(k.shr(lane, 3), firstLane);
      B32 row = k.shuffleFrom(rows.get(round / atoms), holder);
      B64 from = k.madWide(row, source.elements * 2, piece.address);
      Operand.Address target = k.at(to.get(half), offset);
      if (piece.whole) {
        k.copyAsync(target, k.at(from), CHUNK_BYTES);
      } else {
        k.copyAsync(target, k.at(from), CHUNK_BYTES, piece.bytes);
      }
    }
  }

  /// Reports the oldest stage if others than those under way are done.
  private void report(StageRing.Cursor done, B32 underWay) {
    k.fenceAsyncShared();
    k.warpBarrier();
    k.ifElse(
        k.lt(underWay, config.underWay()),
        () -> k.addTo(underWay, 1),
        () -> {
          k.when(k.eq(lane, 0), () -> k.arrive(done.full()));
          done.advance();
        });
  }

  private void reportAll(StageRing.Cursor done, B32 underWay) {
    k.fenceAsyncShared();
    k.warpBarrier();
    k.forRange(
        k.constant(0),
        underWay,
        1,
        _ -> {
          k.when(k.eq(lane, 0), () -> k.arrive(done.full()));
          done.advance();
        });
  }
}
