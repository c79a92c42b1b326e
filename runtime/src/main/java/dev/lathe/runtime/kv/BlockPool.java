package dev.lathe.runtime.kv;

import java.util.BitSet;

/// The free blocks of a KV cache. Blocks that were freed last are taken first. Not thread-safe.
public final class BlockPool {
  private final int[] free;
  private final BitSet taken;
  private int freeCount;

  /// @param blocks of the cache, numbered from 0
  public BlockPool(int blocks) {
    if (blocks < 1) {
      throw new IllegalArgumentException("a pool of " + blocks + " blocks");
    }
    free = new int[blocks];
    taken = new BitSet(blocks);
    for (int block = blocks - 1; block >= 0; block--) {
      free[freeCount++] = block;
    }
  }

  /// Blocks in all.
  public int size() {
    return free.length;
  }

  public int freeCount() {
    return freeCount;
  }

  /// Takes a block.
  ///
  /// @throws IllegalStateException if none is free: ask [#freeCount()] before
  public int take() {
    if (freeCount == 0) {
      throw new IllegalStateException("all " + free.length + " blocks are taken");
    }
    int block = free[--freeCount];
    taken.set(block);
    return block;
  }

  /// Gives a block back.
  ///
  /// @throws IllegalStateException if it is free already, or no block of this pool
  public void release(int block) {
    if (block < 0 || !taken.get(block)) {
      throw new IllegalStateException("block " + block + " is not taken");
    }
    taken.clear(block);
    free[freeCount++] = block;
  }
}
