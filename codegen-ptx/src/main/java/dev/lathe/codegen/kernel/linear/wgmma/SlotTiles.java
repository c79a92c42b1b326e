package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.epilogue.Epilogue;
import dev.lathe.codegen.epilogue.EpilogueValue;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.TileFragments.Pair;
import dev.lathe.codegen.kernel.linear.wgmma.TileWalk.Place;
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
  private final B64 out;
  private final Optional<B64> bias;
  private final B32 warpgroup;
  private final Pred firstWarpgroup;
  private final Pred firstLane;
  private final Pred leader;
  private final B32 warpInGroup;
  private final B32 pending;
  private final TileFragments fragments;

  /// @param out tensor map of the result, boxes of [TileSlots#box]
  /// @param bias its address, if there is one
  /// @param warpgroup of this thread
  SlotTiles(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      B64 out,
      Optional<B64> bias,
      B32 warpgroup) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.slots = TileSlots.of(problem, config);
    this.out = out;
    this.bias = bias;
    this.warpgroup = warpgroup;
    this.firstWarpgroup = k.eq(warpgroup, 0);
    B32 thread = k.and(k.threadIndex(), WgmmaConfig.WARPGROUP - 1);
    this.firstLane = k.eq(k.and(thread, 31), 0);
    this.leader = k.eq(thread, 0);
    this.warpInGroup = k.shr(thread, 5);
    this.pending = k.constant(0);
    this.fragments =
        new TileFragments(k, slots, config.rowBlocks(), warpInGroup, problem.epilogue().gated());
  }

  @Override
  public void whileProductsRun(Pred first) {
    Pred release = k.and(k.and(first, leader), k.ne(pending, 0));
    k.when(
        release,
        () -> {
          k.waitBulkRead(0);
          k.arrive(k.at(pending));
        });
  }

  @Override
  public void afterLastTile() {
    k.when(leader, () -> k.waitBulk(0));
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> sums) {
    k.comment("results to memory, through stages of the ring");
    List<List<F32>> biases = biases(place);
    B32 region = awaitRegion(cursor);
    List<B32> rows = fragments.rows(region);
    for (int block = 0; block < sums.size(); block++) {
      for (int token = 0; token < config.tokens(); token += fragments.tokensOfMove()) {
        List<F32> bias = biases.isEmpty() ? List.of() : biases.get(block);
        put(fragments.at(rows.get(block), token), fragments.pairs(sums.get(block), token), bias);
      }
    }
    k.fenceAsyncShared();
    warpgroupBarrier();
    k.when(k.and(firstLane, k.not(leader)), () -> k.arrive(k.at(pending)));
    B32 first = problem.epilogue().gated() ? k.shr(place.row(), 1) : place.row();
    B32 column = k.mad(warpgroup, slots.columns(), first);
    List<B32> columns = new ArrayList<>();
    for (int box = 0; box < slots.boxes(); box++) {
      columns.add(k.add(column, box * slots.boxColumns()));
    }
    k.ifThen(
        leader,
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
      return k.mad(warpgroup, slots.regionBytes(), region);
    }
    if (slots.slots() == 1) {
      return region;
    }
    cursor.awaitFull();
    B32 second = cursor.emptyBarrier();
    B32 others = k.select(firstWarpgroup, second, pending);
    k.when(firstLane, () -> k.arrive(k.at(others)));
    k.assign(pending, k.select(firstWarpgroup, pending, second));
    B32 mine = k.select(firstWarpgroup, region, cursor.address());
    cursor.advance();
    return mine;
  }

  private void warpgroupBarrier() {
    k.when(firstWarpgroup, () -> k.barrier(1, WgmmaConfig.WARPGROUP));
    if (config.warpgroups() > 1) {
      k.unless(firstWarpgroup, () -> k.barrier(2, WgmmaConfig.WARPGROUP));
    }
  }

  /// For each 64 rows the bias of this thread's two rows; those past the last are never stored.
  private List<List<F32>> biases(Place place) {
    if (bias.isEmpty()) {
      return List.of();
    }
    B32 row = k.mad(warpgroup, config.rows() / config.warpgroups(), place.row());
    B32 mine = k.add(k.mad(warpInGroup, 16, row), k.shr(k.laneIndex(), 2));
    List<List<F32>> biases = new ArrayList<>();
    for (int block = 0; block < config.rowBlocks(); block++) {
      List<F32> two = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int offset = block * WgmmaConfig.WGMMA_ROWS + half * 8;
        B32 inside = k.min(k.add(mine, offset), problem.n() - 1);
        B64 address = k.madWide(inside, problem.dtype().bytes(), bias.get());
        two.add(problem.dtype().load(k, k.at(address), 1).getFirst());
      }
      biases.add(two);
    }
    return biases;
  }

  /// Computes what four matrices hold, and puts it where their residual is.
  private void put(Address matrices, List<Pair> pairs, List<F32> bias) {
    List<F32> residual =
        problem.residual()
            ? problem.dtype().unpack(k, k.loadMatrices(matrices, pairs.size(), true))
            : List.of();
    List<F32> values = new ArrayList<>();
    for (Pair pair : pairs) {
      int at = values.size();
      List<F32> own = residual.isEmpty() ? residual : residual.subList(at, at + 2);
      EpilogueValue value = new EpilogueValue(k, new PairOperands(pair.half(), bias, own));
      values.addAll(value.of(problem.epilogue().value(), pair.sums(), pair.ups()));
    }
    k.storeMatrices(matrices, problem.outType().pack(k, values), true);
  }

  /// Operands of two neighbouring tokens.
  ///
  /// @param half the thread's row that the sums belong to; their ups belong to the other one
  /// @param bias of the thread's two rows
  private record PairOperands(int half, List<F32> bias, List<F32> residual)
      implements EpilogueValue.Operands {
    @Override
    public List<F32> rows(Epilogue.RowVec vector, boolean ofUps) {
      F32 value = bias.get(ofUps ? 1 - half : half);
      return List.of(value, value);
    }

    @Override
    public List<F32> elements(Epilogue.Tile tile) {
      return residual;
    }
  }
}
