package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.List;

/// What a block works on at a time: neighbouring tokens of one sequence, for heads that share a KV
/// head, and the tiles of keys that they see. In shared memory, each part takes 16 bytes.
record WorkItem(Rows rows, Keys keys, Source source) {
  private static final int PART_BYTES = 16;

  /// Alignment in shared memory.
  static final int ALIGNMENT = PART_BYTES;

  /// Bytes in shared memory.
  static final int BYTES = 3 * PART_BYTES;

  /// The rows that are computed.
  ///
  /// @param row of the first token in the batch
  /// @param tokens that the sequence has from there on; 0: there is no more work
  /// @param head the first query head
  /// @param heads query heads of the group from there on
  record Rows(B32 row, B32 tokens, B32 head, B32 heads) {
    static Rows load(KernelBuilder k, B32 item) {
      List<B32> words = words(k, item, 0);
      return new Rows(words.get(0), words.get(1), words.get(2), words.get(3));
    }
  }

  /// The keys that they see.
  ///
  /// @param position the last key that the first token sees
  /// @param lastTile the tile of keys to begin with
  /// @param firstTile the tile of keys to end with; at most `lastTile`, even if no key is seen
  /// @param end behind the last key that is seen
  record Keys(B32 position, B32 lastTile, B32 firstTile, B32 end) {
    static Keys load(KernelBuilder k, B32 item) {
      List<B32> words = words(k, item, PART_BYTES);
      return new Keys(words.get(0), words.get(1), words.get(2), words.get(3));
    }
  }

  /// Where the keys lie.
  ///
  /// @param context keys of the sequence
  record Source(B32 sequence, B32 kvHead, B32 context) {
    static Source load(KernelBuilder k, B32 item) {
      List<B32> words = words(k, item, 2 * PART_BYTES);
      return new Source(words.get(0), words.get(1), words.get(2));
    }
  }

  /// Says that there is no more work.
  static WorkItem end(B32 zero) {
    return new WorkItem(
        new Rows(zero, zero, zero, zero),
        new Keys(zero, zero, zero, zero),
        new Source(zero, zero, zero));
  }

  /// Stores the words; by one lane.
  void store(KernelBuilder k, B32 item) {
    k.storeWords(k.at(item), List.of(rows.row, rows.tokens, rows.head, rows.heads));
    k.storeWords(
        k.at(item, PART_BYTES), List.of(keys.position, keys.lastTile, keys.firstTile, keys.end));
    k.storeWords(
        k.at(item, 2 * PART_BYTES),
        List.of(source.sequence, source.kvHead, source.context, source.context));
  }

  /// Words of a part, known to be the same in all lanes.
  private static List<B32> words(KernelBuilder k, B32 item, int offset) {
    return k.loadWords(k.at(item, offset), 4).stream().map(k::uniform).toList();
  }

  /// Tokens of a block.
  static int blockTokens(AttentionProblem problem, WgmmaAttentionConfig config) {
    return config.warpgroups() * QueryTile.of(problem.heads().group()).tokens();
  }
}
