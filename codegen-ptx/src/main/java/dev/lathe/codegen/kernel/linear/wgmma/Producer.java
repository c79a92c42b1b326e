package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.linear.wgmma.TileOrder.Place;
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
/// @param bytes of a stage that it brings
/// @param weights factor whose lines are rows
/// @param input factor whose lines are tokens; empty if others bring it
/// @param slots stages for the results, if they take any
record Producer(
    KernelBuilder k,
    WgmmaConfig config,
    StageRing ring,
    TileOrder walk,
    KRange range,
    int bytes,
    Factor weights,
    Optional<Factor> input,
    Optional<SlotSource> slots) {

  /// Stages for results that follow a tile's last factors.
  ///
  /// @param residual tensor map of what they hold at first, if anything
  record SlotSource(TileSlots slots, Optional<B64> residual, boolean gated) {}

  /// @param first tile of this block, or cluster
  /// @param step to its next one
  void emit(B32 first, B32 step) {
    k.ifElse(k.lt(first, walk.tiles()), () -> fillFrom(first, step), k::waitForPredecessors);
  }

  private void fillFrom(B32 first, B32 step) {
    B32 tile = k.copy(first);
    Place start = walk.place(tile);
    int ahead = Math.min(config.stages(), range.least());
    fillFirst(start, ahead);
    k.comment("all others");
    B32 row = k.copy(start.weightRow());
    B32 token = k.copy(start.token());
    B32 filled = k.constant(ahead);
    StageRing.Cursor cursor = ring.cursor(ahead);
    k.loop(() -> {
      fillTile(cursor, row, token, filled);
      slots.ifPresent(source -> handOver(source, cursor, row, token));
      k.addTo(tile, step);
      k.breakIf(k.ge(tile, walk.tiles()));
      Place next = walk.place(tile);
      k.assign(row, next.weightRow());
      k.assign(token, next.token());
      k.assign(filled, 0);
    });
    if (config.sharers() > 1) {
      k.comment("no block ends while another one gives its stages back");
      cursor.awaitAllEmpty();
    }
  }

  private void fillFirst(Place start, int ahead) {
    k.comment("the first stages: weights, and tokens once they are there");
    B32 firstElement = k.mul(range.first(), config.stageElements());
    for (int i = 0; i < ahead; i++) {
      k.arriveExpecting(ring.full(i), bytes);
      for (int block = 0; block < config.depth(); block++) {
        B32 element = k.add(firstElement, elements(i, block));
        int offset = i * config.stageBytes() + ring.weightOffset(block);
        weights.copy(ring.tiles, offset, element, start.weightRow(), ring.full(i));
      }
    }
    k.waitForPredecessors();
    input.ifPresent(tokens -> fillFirstTokens(tokens, firstElement, start.token(), ahead));
  }

  private void fillFirstTokens(Factor tokens, B32 firstElement, B32 token, int ahead) {
    for (int i = 0; i < ahead; i++) {
      for (int block = 0; block < config.depth(); block++) {
        B32 element = k.add(firstElement, elements(i, block));
        int offset = i * config.stageBytes() + ring.tokenOffset(block);
        tokens.copy(ring.tiles, offset, element, token, ring.full(i));
      }
    }
  }

  private int elements(int stage, int block) {
    return stage * config.stageElements() + block * MatrixDescriptor.ROW_ELEMENTS;
  }

  private void fillTile(StageRing.Cursor cursor, B32 row, B32 token, B32 filled) {
    k.loop(() -> {
      k.breakIf(k.ge(filled, range.count()));
      cursor.awaitEmpty();
      k.arriveExpecting(cursor.full(), bytes);
      B32 first = k.mul(k.add(range.first(), filled), config.stageElements());
      B32 stage = cursor.address();
      for (int block = 0; block < config.depth(); block++) {
        B32 element = k.add(first, elements(0, block));
        weights.copy(stage, ring.weightOffset(block), element, row, cursor.full());
      }
      for (int block = 0; block < config.depth() && input.isPresent(); block++) {
        B32 element = k.add(first, elements(0, block));
        input.get().copy(stage, ring.tokenOffset(block), element, token, cursor.full());
      }
      cursor.advance();
      k.addTo(filled, 1);
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
          B32 address = k.add(cursor.address(), box * tile.boxBytes());
          k.copyTensor(
              k.at(address), source.residual().get(), List.of(first, token), cursor.full());
        }
      }
      cursor.advance();
    }
  }
}
