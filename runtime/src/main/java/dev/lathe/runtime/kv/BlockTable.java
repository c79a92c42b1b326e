package dev.lathe.runtime.kv;

/// The blocks of one sequence, in the order of its tokens. Not thread-safe.
public final class BlockTable {
  private final int tokensPerBlock;
  private final int[] blocks;
  private int count;

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

  /// Gives all blocks back.
  public void release(BlockPool pool) {
    while (count > 0) {
      pool.release(blocks[--count]);
    }
  }
}
