package dev.lathe.tests.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Sequences of different lengths, as a scheduler packs them: blocks lie all over the pool, table
/// entries past a context are nonsense.
///
/// @param tokens T
/// @param tables `(S, maxBlocks)`, numbers from 0
/// @param blocks of the pool
record RaggedBatch(
    int tokens,
    int[] queryStarts,
    int[] contextLengths,
    int[] positions,
    int[] slots,
    int[] tables,
    int maxBlocks,
    int tokensPerBlock,
    int blocks) {
  private static final int NONSENSE = 0x3FFFFFFF;
  private static final int SPARE_BLOCKS = 3;

  /// One sequence: `past` tokens in the cache and `fresh` ones in this step.
  record Piece(int past, int fresh, boolean padding) {

    static Piece of(int past, int fresh) {
      return new Piece(past, fresh, false);
    }

    /// One token in a decode batch.
    static Piece decode(int context) {
      return new Piece(context - 1, 1, false);
    }

    /// A row of a decode batch that belongs to no sequence.
    static Piece paddingRow() {
      return new Piece(0, 1, true);
    }

    /// A sequence without tokens.
    static Piece empty() {
      return new Piece(0, 0, true);
    }

    int context() {
      return padding ? 0 : past + fresh;
    }
  }

  static RaggedBatch of(Numbers numbers, int tokensPerBlock, int maxBlocks, List<Piece> pieces) {
    int blocks = SPARE_BLOCKS;
    int tokens = 0;
    for (Piece piece : pieces) {
      blocks += Math.ceilDiv(piece.context(), tokensPerBlock);
      tokens += piece.fresh();
    }
    int[] order = numbers.permutation(blocks);
    int[] tables = new int[pieces.size() * maxBlocks];
    Arrays.fill(tables, NONSENSE);
    int[] starts = new int[pieces.size() + 1];
    int[] contexts = new int[pieces.size()];
    int[] positions = new int[tokens];
    int[] slots = new int[tokens];
    int taken = 0;
    int row = 0;
    for (int s = 0; s < pieces.size(); s++) {
      Piece piece = pieces.get(s);
      contexts[s] = piece.context();
      for (int b = 0; b < Math.ceilDiv(piece.context(), tokensPerBlock); b++) {
        tables[s * maxBlocks + b] = order[taken++];
      }
      for (int i = 0; i < piece.fresh(); i++, row++) {
        int position = piece.past() + i;
        positions[row] = piece.padding() ? 0 : position;
        slots[row] =
            piece.padding()
                ? -1
                : tables[s * maxBlocks + position / tokensPerBlock] * tokensPerBlock
                    + position % tokensPerBlock;
      }
      starts[s + 1] = row;
    }
    return new RaggedBatch(
        tokens, starts, contexts, positions, slots, tables, maxBlocks, tokensPerBlock, blocks);
  }

  int sequences() {
    return contextLengths.length;
  }

  /// Rows of padding sequences.
  Set<Integer> paddingRows() {
    Set<Integer> rows = new HashSet<>();
    for (int s = 0; s < sequences(); s++) {
      for (int row = queryStarts[s]; row < queryStarts[s + 1] && contextLengths[s] == 0; row++) {
        rows.add(row);
      }
    }
    return rows;
  }

  /// True for each token place `block * tokensPerBlock + offset` that holds a token.
  boolean[] used() {
    boolean[] used = new boolean[blocks * tokensPerBlock];
    for (int s = 0; s < sequences(); s++) {
      for (int position = 0; position < contextLengths[s]; position++) {
        int block = tables[s * maxBlocks + position / tokensPerBlock];
        used[block * tokensPerBlock + position % tokensPerBlock] = true;
      }
    }
    return used;
  }

  /// Slots, where the first block has the given number.
  Operand.Ints slotsFrom(int firstBlock) {
    int[] shifted = slots.clone();
    for (int i = 0; i < shifted.length; i++) {
      if (shifted[i] >= 0) {
        shifted[i] = Math.addExact(shifted[i], Math.multiplyExact(firstBlock, tokensPerBlock));
      }
    }
    return new Operand.Ints(slots.length, 1, shifted, slots);
  }

  /// Block tables, where the first block has the given number.
  Operand.Ints tablesFrom(int firstBlock) {
    int[] shifted = tables.clone();
    int[] plain = tables.clone();
    for (int i = 0; i < tables.length; i++) {
      boolean isNonsense = tables[i] == NONSENSE;
      shifted[i] += isNonsense ? 0 : firstBlock;
      plain[i] = isNonsense ? 0 : plain[i];
    }
    return new Operand.Ints(sequences(), maxBlocks, shifted, plain);
  }

  /// Random lengths around the bounds of blocks, and anywhere.
  static List<Integer> contexts(Numbers numbers, int tokensPerBlock, int count, int most) {
    List<Integer> contexts = new ArrayList<>(List.of(1, tokensPerBlock, tokensPerBlock + 1, most));
    while (contexts.size() < count) {
      contexts.add(numbers.between(1, most));
    }
    return contexts.subList(0, count);
  }
}
