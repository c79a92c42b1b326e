package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MatrixOps.HalfType;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Multiplies what is in the ring: a warpgroup, its own rows of each tile, all tokens; or, in
/// turns, every other tile.
///
/// The products of one stage are under way while the next stage is waited for; a stage is given
/// back once its products are done, that is one stage later.
final class Consumer {
  private static final int STEPS = MatrixDescriptor.ROW_ELEMENTS / 16;
  private static final int ROW_BLOCK_BYTES = WgmmaConfig.WGMMA_ROWS * MatrixDescriptor.ROW_BYTES;

  private final KernelBuilder k;
  private final WgmmaConfig config;
  private final HalfType type;
  private final StageRing ring;
  private final KRange range;
  private final List<Integer> widths;
  private final B32 weightsLow;
  private final B32 tokensLow;
  private final Warpgroup warpgroup;
  private final Optional<Turns.Own> turns;
  private final List<List<F32>> sums = new ArrayList<>();

  /// @param widths tokens that are multiplied of a tile which has no more: a tile's, and fewer; the
  ///     greatest first
  /// @param turns of the warpgroup, if it has tiles of its own
  Consumer(
      KernelBuilder k,
      WgmmaConfig config,
      HalfType type,
      StageRing ring,
      KRange range,
      List<Integer> widths,
      Warpgroup warpgroup,
      Optional<Turns.Own> turns) {
    this.k = k;
    this.config = config;
    this.type = type;
    this.ring = ring;
    this.range = range;
    this.widths = widths;
    this.warpgroup = warpgroup;
    this.turns = turns;
    B32 weights = warpgroup.part(config.weightBytes() / config.rowParts(), ring.tiles);
    this.weightsLow = k.uniform(MatrixDescriptor.low(k, weights));
    this.tokensLow = k.uniform(MatrixDescriptor.low(k, k.add(ring.tiles, ring.tokenOffset(0))));
    for (int block = 0; block < config.rowBlocks(); block++) {
      List<F32> blockSums = new ArrayList<>();
      for (int i = 0; i < config.tokens() / 2; i++) {
        blockSums.add(k.constant(0f));
      }
      sums.add(blockSums);
    }
  }

  /// What is done with the sums of a tile; all threads of the warpgroup.
  interface Output {
    /// @param cursor behind the last stage of the tile's factors
    /// @param sums for each 64 rows the accumulator of this thread
    void emit(StageRing.Cursor cursor, Place place, List<List<F32>> sums);

    /// While products of a tile run: what the last tile left to do.
    ///
    /// @param first true for the tile's first products
    default void whileProductsRun(Pred first) {}

    default void afterLastTile() {}
  }

  /// @param first tile of this block
  /// @param step to its next one
  void emit(TileOrder walk, B32 first, B32 step, Output output) {
    if (widths.size() == 1) {
      emitWhole(walk, first, step, output);
    } else {
      k.ifThen(k.lt(first, walk.tiles()), () -> emitInWidths(walk, first, step, output));
    }
    output.afterLastTile();
  }

  private void emitWhole(TileOrder walk, B32 first, B32 step, Output output) {
    StageRing.Cursor cursor = ring.cursor(0);
    B32 tile = k.copy(first);
    Runnable passOver =
        () -> {
          cursor.skip(range.least());
          k.addTo(tile, step);
        };
    if (turns.isPresent()) {
      k.ifThen(k.not(warpgroup.first), passOver);
    }
    k.loop(() -> {
      k.breakIf(k.ge(tile, walk.tiles()));
      turns.ifPresent(Turns.Own::await);
      multiplyTile(cursor, widths.getFirst(), output::whileProductsRun);
      output.emit(cursor, walk.place(tile), sums);
      k.addTo(tile, step);
      if (turns.isPresent()) {
        passOver.run();
      }
    });
  }

  /// Looks for the place of the next tile while the products of a tile run.
  private void emitInWidths(TileOrder walk, B32 first, B32 step, Output output) {
    StageRing.Cursor cursor = ring.cursor(0);
    B32 tile = k.copy(first);
    Place place = copy(walk.place(tile));
    Place next = copy(place);
    k.loop(() -> {
      k.addTo(tile, step);
      Meanwhile meanwhile =
          firstProducts -> {
            output.whileProductsRun(firstProducts);
            Pred goesOn = k.and(firstProducts, k.lt(tile, walk.tiles()));
            k.ifThen(goesOn, () -> assign(next, walk.place(tile)));
          };
      B32 tokens = k.uniform(k.sub(end(place), place.token()));
      multiplyTile(cursor, tokens, widths, meanwhile);
      output.emit(cursor, place, sums);
      k.breakIf(k.ge(tile, walk.tiles()));
      assign(place, next);
    });
  }

  private static B32 end(Place place) {
    return place.part().orElseThrow().end();
  }

  /// Registers that change, for one of several products.
  private Place copy(Place place) {
    TileOrder.Part part = new TileOrder.Part(k.copy(place.weightRow()), k.copy(end(place)));
    return new Place(k.copy(place.row()), k.copy(place.token()), Optional.of(part));
  }

  private void assign(Place target, Place place) {
    k.assign(target.row(), place.row());
    k.assign(target.token(), place.token());
    k.assign(target.weightRow(), place.weightRow());
    k.assign(end(target), end(place));
  }

  /// What is emitted behind the products of a stage, while they run.
  private interface Meanwhile {
    /// @param first true for the tile's first products
    void emit(Pred first);
  }

  /// Multiplies as few tokens as there are, of several choices.
  private void multiplyTile(
      StageRing.Cursor cursor, B32 tokens, List<Integer> choices, Meanwhile meanwhile) {
    int most = choices.getFirst();
    if (choices.size() == 1) {
      multiplyTile(cursor, most, meanwhile);
      return;
    }
    List<Integer> fewer = choices.subList(1, choices.size());
    k.ifElse(
        k.le(tokens, fewer.getFirst()),
        () -> multiplyTile(cursor, tokens, fewer, meanwhile),
        () -> multiplyTile(cursor, most, meanwhile));
  }

  private void multiplyTile(StageRing.Cursor cursor, int tokens, Meanwhile meanwhile) {
    B32 stage = k.constant(0);
    B32 previous = k.constant(0);
    k.repeatWhile(() -> {
      cursor.awaitFull();
      k.wgmmaFence();
      multiplyStage(cursor, tokens, k.ne(stage, 0));
      k.wgmmaCommit();
      meanwhile.emit(k.eq(stage, 0));
      k.wgmmaWait(1);
      ring.release(k.and(warpgroup.firstLane, k.ne(stage, 0)), previous);
      k.assign(previous, cursor.emptyBarrier());
      cursor.advance();
      k.addTo(stage, 1);
      return k.lt(stage, range.count());
    });
    turns.ifPresent(Turns.Own::pass);
    k.wgmmaWait(0);
    ring.release(warpgroup.firstLane, previous);
  }

  private void multiplyStage(StageRing.Cursor cursor, int width, Pred adds) {
    int stage = MatrixDescriptor.distance(config.stageBytes());
    B32 weights = cursor.offset(weightsLow, stage);
    B32 tokens = cursor.offset(tokensLow, stage);
    for (int block = 0; block < config.depth(); block++) {
      for (int step = 0; step < STEPS; step++) {
        int inRow = step * MatrixDescriptor.STEP;
        B32 low = k.add(tokens, MatrixDescriptor.distance(block * config.tokenBytes()) + inRow);
        B64 b = MatrixDescriptor.of(k, low);
        Operand scale = block + step == 0 ? adds : Operand.imm(1);
        for (int row = 0; row < sums.size(); row++) {
          int bytes = block * config.weightBytes() + row * ROW_BLOCK_BYTES;
          B32 a = k.add(weights, MatrixDescriptor.distance(bytes) + inRow);
          List<F32> narrow = sums.get(row).subList(0, width / 2);
          k.wgmma(type, narrow, MatrixDescriptor.of(k, a), b, scale);
        }
      }
    }
  }
}
