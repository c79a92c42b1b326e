package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.ArrayList;
import java.util.List;

/// What a block works on at a time: neighbouring tokens of one sequence, for heads that share a KV
/// head, and the tiles of keys that they see. The words that the producer hands to the other warps.
///
/// @param row of the first token in the batch
/// @param tokens that the sequence has from there on; 0: there is no more work
/// @param position the last key that the first token sees
/// @param lastTile the tile of keys to begin with
/// @param firstTile the tile of keys to end with; more than `lastTile` if no key is seen
/// @param head the first query head
/// @param heads query heads of the group from there on
record WorkItem(
    B32 row, B32 tokens, B32 position, B32 lastTile, B32 firstTile, B32 head, B32 heads) {
  private static final int HALF_BYTES = TileStorage.ITEM_WORDS / 2 * Integer.BYTES;

  /// Stores the words; by one lane.
  void store(KernelBuilder k, B32 address, B32 zero) {
    k.storeWords(k.at(address), List.of(row, tokens, position, lastTile));
    k.storeWords(k.at(address, HALF_BYTES), List.of(firstTile, head, heads, zero));
  }

  /// Loads the words, known to be the same in all lanes.
  static WorkItem load(KernelBuilder k, B32 address) {
    List<B32> words = new ArrayList<>();
    for (int offset = 0; offset <= HALF_BYTES; offset += HALF_BYTES) {
      k.loadWords(k.at(address, offset), 4).forEach(value -> words.add(k.uniform(value)));
    }
    return new WorkItem(
        words.get(0),
        words.get(1),
        words.get(2),
        words.get(3),
        words.get(4),
        words.get(5),
        words.get(6));
  }

  /// Tokens of a block.
  static int blockTokens(AttentionProblem problem, WgmmaAttentionConfig config) {
    return config.warpgroups() * QueryTile.of(problem.heads().group()).tokens();
  }
}
