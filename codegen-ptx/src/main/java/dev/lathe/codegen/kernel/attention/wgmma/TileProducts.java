package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Panel;
import dev.lathe.codegen.kernel.attention.wgmma.HeadPanels.Span;
import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Operand;

/// The products of a warpgroup with a tile of keys and with a tile of values, each one group of
/// asynchronous instructions.
final class TileProducts {
  private static final int STEP = 16;
  private static final int NO_LEADING = 1 << 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final TileStorage storage;
  private final B32 queryDescriptor;
  private final B32 keyDescriptor;
  private final B32 valueAddress;

  TileProducts(KernelBuilder k, AttentionProblem problem, TileStorage storage, B32 warpgroup) {
    this.k = k;
    this.problem = problem;
    this.storage = storage;
    B32 queries = k.mad(warpgroup, storage.queryPanels().bytes(), storage.first(Ring.QUERIES));
    this.queryDescriptor = k.or(k.shr(queries, 4), NO_LEADING);
    this.keyDescriptor = k.or(k.shr(storage.first(Ring.KEYS), 4), NO_LEADING);
    this.valueAddress = k.shr(storage.first(Ring.VALUES), 4);
  }

  /// Begins the scores of a tile of keys.
  void beginScores(WeightedSums state, RingPosition queryPosition, RingPosition keyPosition) {
    B32 queries = storage.descriptor(Ring.QUERIES, queryPosition, queryDescriptor);
    B32 keys = storage.descriptor(Ring.KEYS, keyPosition, keyDescriptor);
    k.wgmmaFence();
    for (int column = 0; column < problem.headDim(); column += STEP) {
      Panel query = storage.queryPanels().panelOf(column);
      Panel key = storage.tilePanels().panelOf(column);
      int inPanel = (column - key.column()) * HeadPanels.ELEMENT;
      int queryOffset = (query.offset() + inPanel) >> 4;
      int keyOffset = (key.offset() + inPanel) >> 4;
      k.wgmma(
          problem.halfType(),
          state.scores(),
          k.join(k.add(queries, queryOffset), query.descriptorHigh()),
          k.join(k.add(keys, keyOffset), key.descriptorHigh()),
          Operand.imm(column == 0 ? 0 : 1));
    }
    k.wgmmaCommit();
  }

  /// Begins to add the values of the tile whose weights are packed.
  void beginValues(WeightedSums state, RingPosition valuePosition) {
    HeadPanels tiles = storage.tilePanels();
    B32 values = storage.descriptor(Ring.VALUES, valuePosition, valueAddress);
    k.wgmmaFence();
    for (int step = 0; step < tiles.rows() / STEP; step++) {
      for (Span span : tiles.spans()) {
        int offset = span.first().offset() + step * STEP * span.first().rowBytes();
        k.wgmma(
            problem.halfType(),
            state.sums(span),
            state.weights(step),
            k.join(
                k.add(values, (offset >> 4) + span.descriptorLeading()),
                span.first().descriptorHigh()),
            Operand.imm(1),
            true);
      }
    }
    k.wgmmaCommit();
  }
}
