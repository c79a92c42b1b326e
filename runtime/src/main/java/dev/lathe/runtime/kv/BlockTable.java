package dev.lathe.runtime.kv;

/// The blocks of one sequence, in the order of its tokens. The first of them may be shared with
/// others. Not thread-safe.
public final class BlockTable {
  private final int tokensPerBlock;
  private final int[] blocks;
  private int count;
  private int known;
  private long content = PrefixCache.NOTHING;

  /// @param maxTokens that the sequence will ever keep
  public BlockTable(int tokensPerBlock, int maxTokens) {
    this.tokensPerBlock = tokensPerBlock;
    this.blocks = new int[Math.ceilDiv(maxTokens, tokensPerBlock)];
  }

  /// Blocks that the sequence has now.
  public int count() {
    return count;
  }

  /// Blocks that it would have at its greatest length.
  public int maxCount() {
    return blocks.length;
  }

  /// The number of the block that holds tokens `index * tokensPerBlock` and following.
  public int block(int index) {
    if (index >= count) {
      throw new IllegalStateException("block " + index + " of " + count);
    }
    return blocks[index];
  }

  /// Place of a token in the cache: block * tokensPerBlock + offset.
  public int slot(int position) {
    return block(position / tokensPerBlock) * tokensPerBlock + position % tokensPerBlock;
  }

  /// Blocks that are missing for so many tokens.
  public int missing(int tokens) {
    return Math.max(0, Math.ceilDiv(tokens, tokensPerBlock) - count);
  }

  /// Takes what is missing for so many tokens, or nothing at all.
  ///
  /// @return false if the pool has too few free blocks
  public boolean reserve(int tokens, BlockPool pool) {
    int missing = missing(tokens);
    if (missing > pool.freeCount()) {
      return false;
    }
    for (int i = 0; i < missing; i++) {
      blocks[count++] = pool.take();
    }
    return true;
  }

  /// Appends a block that the table holds together with others.
  void add(int block) {
    blocks[count++] = block;
  }

  /// Blocks, from the first on, whose content a [PrefixCache] knows.
  int known() {
    return known;
  }

  /// The content of the last of them.
  long content() {
    return content;
  }

  /// Notes that the content of one more block is known.
  void know(long next) {
    known++;
    content = next;
  }

  /// Gives all blocks back, the last one first: a beginning outlives what follows it.
  public void release(BlockPool pool) {
    while (count > 0) {
      pool.release(blocks[--count]);
    }
    known = 0;
    content = PrefixCache.NOTHING;
  }
}
