package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes the sums of a tile to memory through stages of the ring that follow the tile's last
/// products: the producer filled them with the residual, or only handed them over. Results take the
/// place of the residual, element by element, and go to memory as boxes; a stage is given back once
/// it was read, while the next tile's products are under way.
///
/// Columns past the last are clipped by the copies. Tokens past T are stored if the buffer has
/// them: nobody reads them.
final class SlotTiles implements Consumer.Output {
  private final KernelBuilder k;
  private final LinearProblem problem;
  private final WgmmaConfig config;
  private final TileSlots slots;
  private final StageRing ring;
  private final B64 out;
  private final Warpgroup warpgroup;
  private final B32 pending;
  private final TileFragments fragments;
  private final RoundedResults results;

  /// @param out tensor map of the result, boxes of [TileSlots#box]
  /// @param bias its address, if there is one
  SlotTiles(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      StageRing ring,
      B64 out,
      Optional<B64> bias,
      Warpgroup warpgroup) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.slots = TileSlots.of(problem, config);
    this.out = out;
    this.ring = ring;
    this.warpgroup = warpgroup;
    this.pending = k.constant(0);
    this.fragments =
        new TileFragments(k, slots, config.rowBlocks(), warpgroup.warp, problem.epilogue().gated());
    this.results = new RoundedResults(k, problem, config, bias, warpgroup);
  }

  @Override
  public void whileProductsRun(Pred first) {
    Pred release = k.and(k.and(first, warpgroup.leader), k.ne(pending, 0));
    k.when(release, () -> k.waitBulkRead(0));
    ring.release(release, pending);
  }

  @Override
  public void afterLastTile() {
    k.when(warpgroup.leader, () -> k.waitBulk(0));
    if (config.sharers() > 1) {
      ring.release(k.and(warpgroup.leader, k.ne(pending, 0)), pending);
    }
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> sums) {
    k.comment("results to memory, through stages of the ring");
    List<List<F32>> biases = results.biases(place.row());
    B32 region = awaitRegion(cursor);
    List<B32> rows = fragments.rows(region);
    for (int block = 0; block < sums.size(); block++) {
      for (int token = 0; token < config.tokens(); token += fragments.tokensOfMove()) {
        Address matrices = fragments.at(rows.get(block), token);
        List<TileFragments.Pair> pairs =
            fragments.pairs(sums.get(block), token, fragments.tokensOfMove());
        results.put(matrices, pairs, biases.get(block));
      }
    }
    k.fenceAsyncShared();
    warpgroup.await();
    ring.release(k.and(warpgroup.firstLane, k.not(warpgroup.leader)), pending);
    B32 first = problem.epilogue().gated() ? k.shr(place.row(), 1) : place.row();
    B32 column = warpgroup.part(slots.columns(), first);
    List<B32> columns = new ArrayList<>();
    for (int box = 0; box < slots.boxes(); box++) {
      columns.add(k.add(column, box * slots.boxColumns()));
    }
    k.ifThen(
        warpgroup.leader,
        () -> {
          for (int box = 0; box < slots.boxes(); box++) {
            List<B32> at = List.of(columns.get(box), place.token());
            k.storeTensor(out, at, k.at(region, box * slots.boxBytes()));
          }
          k.commitBulk();
        });
  }

  /// Waits for the tile's stages, gives back at once what belongs to the other warpgroup alone, and
  /// yields where this one's region is.
  private B32 awaitRegion(StageRing.Cursor cursor) {
    cursor.awaitFull();
    B32 region = cursor.address();
    k.assign(pending, cursor.emptyBarrier());
    cursor.advance();
    if (slots.regions() > 1) {
      return warpgroup.own(slots.regionBytes(), region);
    }
    if (slots.slots() == 1) {
      return region;
    }
    cursor.awaitFull();
    B32 second = cursor.emptyBarrier();
    B32 others = k.select(warpgroup.first, second, pending);
    ring.release(warpgroup.firstLane, others);
    k.assign(pending, k.select(warpgroup.first, pending, second));
    B32 mine = k.select(warpgroup.first, region, cursor.address());
    cursor.advance();
    return mine;
  }
}
