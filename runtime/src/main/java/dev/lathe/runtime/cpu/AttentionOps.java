package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;

/// Attention over the paged cache. A task is one KV head over a tile of query tokens.
final class AttentionOps {
  private static final int TOKENS_PER_TILE = 16;

  private final Workers workers;
  private final AttentionTile[] tiles;
  private int[] tileSequences = new int[0];
  private int[] tileStarts = new int[0];

  AttentionOps(Workers workers) {
    this.workers = workers;
    this.tiles = new AttentionTile[workers.threads()];
    for (int worker = 0; worker < tiles.length; worker++) {
      tiles[worker] = new AttentionTile();
    }
  }

  void pagedAttention(StepOp.PagedAttention step, Operands operands) {
    AttentionInput input = new AttentionInput(step, operands);
    int count = cut(input);
    int kvHeads = step.heads().keyValue();
    workers.run(
        count * kvHeads,
        work(input, count),
        (task, worker) -> {
          int tile = task / kvHeads;
          int sequence = tileSequences[tile];
          int start = tileStarts[tile];
          int tokens = Math.min(TOKENS_PER_TILE, input.tokens(sequence) - start);
          tiles[worker].run(input, sequence, start, tokens, task % kvHeads);
        });
  }

  /// Cuts each sequence's new tokens into tiles and returns how many there are.
  private int cut(AttentionInput input) {
    int count = 0;
    for (int sequence = 0; sequence < input.sequences(); sequence++) {
      int tokens = input.tokens(sequence);
      for (int start = 0; start < tokens; start += TOKENS_PER_TILE) {
        if (count == tileSequences.length) {
          int grown = Math.max(64, 2 * count);
          tileSequences = Arrays.copyOf(tileSequences, grown);
          tileStarts = Arrays.copyOf(tileStarts, grown);
        }
        tileSequences[count] = sequence;
        tileStarts[count++] = start;
      }
    }
    return count;
  }

  private long work(AttentionInput input, int count) {
    long work = 0;
    for (int tile = 0; tile < count; tile++) {
      work += 2L * input.length(tileSequences[tile]) * input.queryColumns();
    }
    return work;
  }
}
