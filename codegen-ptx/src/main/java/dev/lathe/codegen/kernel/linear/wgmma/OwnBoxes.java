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

/// Takes the sums of a tile to memory box by box, through two boxes of each warpgroup that nothing
/// else uses: one leaves while the other one is filled, and the factors of the next tile come
/// meanwhile.
///
/// Columns past the last are clipped by the copies. Tokens past T are stored if the buffer has
/// them: nobody reads them.
final class OwnBoxes implements Consumer.Output {
  private final KernelBuilder k;
  private final WgmmaConfig config;
  private final boolean gated;
  private final TileSlots slots;
  private final B64 out;
  private final Optional<RaggedBox> ragged;
  private final Warpgroup warpgroup;
  private final B32 boxes;
  private final TileFragments fragments;
  private final List<B32> lanes;
  private final RoundedResults results;

  /// @param out tensor map of the result, boxes of [TileSlots#box]
  /// @param bias its address, if there is one
  /// @param allBoxes where the boxes of the warpgroups lie, one behind the other
  /// @param ragged stores boxes in which a product ends, if other products follow
  OwnBoxes(
      KernelBuilder k,
      LinearProblem problem,
      WgmmaConfig config,
      B64 out,
      Optional<B64> bias,
      Warpgroup warpgroup,
      B32 allBoxes,
      Optional<RaggedBox> ragged) {
    this.k = k;
    this.config = config;
    this.gated = problem.epilogue().gated();
    this.slots = TileSlots.of(problem, config);
    this.out = out;
    this.ragged = ragged;
    this.warpgroup = warpgroup;
    this.boxes = warpgroup.own(ResultMemory.BOXES * slots.boxBytes(), allBoxes);
    int blocks = gated ? config.rowBlocks() : 1;
    this.fragments = new TileFragments(k, slots, blocks, warpgroup.warp, gated);
    this.lanes = fragments.rows(boxes);
    this.results = new RoundedResults(k, problem, config, bias, warpgroup);
  }

  /// What one box holds: some rows of 64 sums each, or their gated halves, of some tokens.
  ///
  /// @param firstBlock of 64 rows
  private record Part(int firstBlock, int blocks, int token) {}

  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    int blocks = gated ? config.rowBlocks() : 1;
    for (int block = 0; block < config.rowBlocks(); block += blocks) {
      for (int token = 0; token < config.tokens(); token += slots.tokens()) {
        parts.add(new Part(block, blocks, token));
      }
    }
    return parts;
  }

  @Override
  public void emit(StageRing.Cursor cursor, Place place, List<List<F32>> sums) {
    k.comment("results to memory, box by box");
    List<List<F32>> biases = results.biases(place.row());
    B32 first = gated ? k.shr(place.row(), 1) : place.row();
    B32 column = warpgroup.part(slots.columns(), first);
    List<Part> parts = parts();
    for (int i = 0; i < parts.size(); i++) {
      int box = i % ResultMemory.BOXES;
      int leaving = i == 0 ? 0 : ResultMemory.BOXES - 1;
      k.when(warpgroup.leader, () -> k.waitBulkRead(leaving));
      warpgroup.await();
      fill(parts.get(i), box, place, sums, biases);
      k.fenceAsyncShared();
      warpgroup.await();
      store(parts.get(i), box, column, place);
    }
  }

  private void fill(Part part, int box, Place place, List<List<F32>> sums, List<List<F32>> biases) {
    for (int i = 0; i < part.blocks; i++) {
      int block = part.firstBlock + i;
      for (int token = 0; token < tokens(part); token += fragments.tokensOfMove()) {
        Address matrices = fragments.at(lanes.get(i), box * slots.tokens() + token);
        int moved = Math.min(fragments.tokensOfMove(), tokens(part) - token);
        List<TileFragments.Pair> pairs =
            fragments.pairs(sums.get(block), part.token + token, moved);
        Runnable put = () -> results.put(matrices, pairs, biases.get(block));
        if (ragged.isPresent() && part.token + slots.tokens() >= config.tokens()) {
          // The last tokens of a tile may not exist.
          B32 first = k.add(place.token(), part.token + token);
          k.ifThen(k.lt(first, place.part().orElseThrow().end()), put);
        } else {
          put.run();
        }
      }
    }
  }

  /// Tokens of a part: the last one of a tile may have fewer than a box.
  private int tokens(Part part) {
    return Math.min(slots.tokens(), config.tokens() - part.token);
  }

  private void store(Part part, int box, B32 firstColumn, Place place) {
    B32 column = k.add(firstColumn, part.firstBlock * WgmmaConfig.WGMMA_ROWS);
    B32 token = k.add(place.token(), part.token);
    B32 address = k.add(boxes, box * slots.boxBytes());
    Pred stores = warpgroup.leader;
    if (ragged.isPresent()) {
      B32 last = place.part().orElseThrow().end();
      boolean fillsBox = tokens(part) == slots.tokens();
      B32 end = fillsBox ? last : k.min(last, k.add(token, tokens(part)));
      Pred whole = k.le(k.add(token, slots.tokens()), end);
      k.ifThen(
          k.and(k.not(whole), k.lt(token, end)),
          () -> ragged.get().store(address, column, token, end));
      stores = k.and(warpgroup.leader, whole);
    }
    List<B32> at = List.of(column, token);
    k.when(stores, () -> k.storeTensor(out, at, k.at(address)));
    // Also where nothing leaves: what is waited for later are counts of commits.
    k.when(warpgroup.leader, k::commitBulk);
  }

  @Override
  public void afterLastTile() {
    k.when(warpgroup.leader, () -> k.waitBulk(0));
  }
}
