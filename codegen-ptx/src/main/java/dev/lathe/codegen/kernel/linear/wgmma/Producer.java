package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.TileWalk.Place;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.tile.MatrixDescriptor;
import java.util.List;
import java.util.Optional;

/// Fills the ring: one thread, a tile after the other.
///
/// Weights are there before the kernel is, so those of the first stages are under way while the
/// kernels before this one still run; their tokens follow.
///
/// @param weights tensor map, boxes of a tile's rows
/// @param input tensor map, boxes of a tile's tokens
/// @param slots stages for the results, if they take any
record Producer(
    KernelBuilder k,
    WgmmaConfig config,
    StageRing ring,
    TileWalk walk,
    KRange range,
    B64 weights,
    B64 input,
    Optional<SlotSource> slots) {

  /// Stages for results that follow a tile's last factors.
  ///
  /// @param residual tensor map of what they hold at first, if anything
  record SlotSource(TileSlots slots, Optional<B64> residual, boolean gated) {}

  /// @param first tile of this block
  /// @param step to its next one
  void emit(B32 first, B32 step) {
    k.ifElse(k.lt(first, walk.tiles), () -> fillFrom(first, step), k::waitForPredecessors);
  }

  private void fillFrom(B32 first, B32 step) {
    B32 tile = k.copy(first);
    Place start = walk.place(tile);
    int ahead = Math.min(config.stages(), range.least());
    k.comment("the first stages: weights, and tokens once they are there");
    for (int i = 0; i < ahead; i++) {
      k.arriveExpecting(ring.full(i), config.stageBytes());
      k.copyTensor(ring.weights(i), weights, List.of(element(i), start.row()), ring.full(i));
    }
    k.waitForPredecessors();
    for (int i = 0; i < ahead; i++) {
      k.copyTensor(ring.tokens(i), input, List.of(element(i), start.token()), ring.full(i));
    }
    k.comment("all others");
    B32 row = k.copy(start.row());
    B32 token = k.copy(start.token());
    B32 block = k.constant(ahead);
    StageRing.Cursor cursor = ring.cursor(ahead);
    k.loop(() -> {
      fillTile(cursor, row, token, block);
      slots.ifPresent(source -> handOver(source, cursor, row, token));
      k.addTo(tile, step);
      k.breakIf(k.ge(tile, walk.tiles));
      Place next = walk.place(tile);
      k.assign(row, next.row());
      k.assign(token, next.token());
      k.assign(block, 0);
    });
  }

  private B32 element(int block) {
    return k.mul(k.add(range.first(), block), MatrixDescriptor.ROW_ELEMENTS);
  }

  private void fillTile(StageRing.Cursor cursor, B32 row, B32 token, B32 block) {
    k.loop(() -> {
      k.breakIf(k.ge(block, range.count()));
      cursor.awaitEmpty();
      k.arriveExpecting(cursor.full(), config.stageBytes());
      B32 element = k.mul(k.add(range.first(), block), MatrixDescriptor.ROW_ELEMENTS);
      B32 stage = cursor.offset(ring.tiles, config.stageBytes());
      k.copyTensor(k.at(stage), weights, List.of(element, row), cursor.full());
      k.copyTensor(k.at(stage, ring.weightBytes()), input, List.of(element, token), cursor.full());
      cursor.advance();
      k.addTo(block, 1);
    });
  }

  private void handOver(SlotSource source, StageRing.Cursor cursor, B32 row, B32 token) {
    TileSlots tile = source.slots();
    B32 column = source.gated() ? k.shr(row, 1) : row;
    for (int slot = 0; slot < tile.slots(); slot++) {
      cursor.awaitEmpty();
      if (source.residual().isEmpty()) {
        k.arrive(cursor.full());
      } else {
        int boxes = tile.regions() * tile.boxes();
        k.arriveExpecting(cursor.full(), boxes * tile.boxBytes());
        for (int box = 0; box < boxes; box++) {
          B32 first = k.add(column, (slot * boxes + box) * tile.boxColumns());
          B32 address =
              k.add(cursor.offset(ring.tiles, config.stageBytes()), box * tile.boxBytes());
          k.copyTensor(
              k.at(address), source.residual().get(), List.of(first, token), cursor.full());
        }
      }
      cursor.advance();
    }
  }
}
