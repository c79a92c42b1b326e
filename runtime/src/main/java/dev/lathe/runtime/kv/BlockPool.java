package dev.lathe.runtime.kv;

import java.util.BitSet;

/// The blocks of a KV cache: how many hold each, and in which order the free ones are given out.
/// Those whose content nobody wants come first, the one that was freed last before the others. Then
/// come those that are kept for their content, the one that has been free longest first. Not
/// thread-safe.
public final class BlockPool {
  private final int[] holders;
  private final BitSet kept;

  /// The free blocks as a ring in their order; its last element is no block, but begin and end.
  private final int[] next;

  private final int[] previous;
  private final int end;
  private int freeCount;

  /// @param blocks of the cache, numbered from 0
  public BlockPool(int blocks) {
    if (blocks < 1) {
      throw new IllegalArgumentException("a pool of " + blocks + " blocks");
    }
    holders = new int[blocks];
    kept = new BitSet(blocks);
    next = new int[blocks + 1];
    previous = new int[blocks + 1];
    end = blocks;
    next[end] = end;
    previous[end] = end;
    for (int block = 0; block < blocks; block++) {
      free(block, end);
    }
  }

  /// Blocks in all.
  public int size() {
    return holders.length;
  }

  /// Blocks that nobody holds, those that are kept too.
  public int freeCount() {
    return freeCount;
  }

  /// Takes a free block, which is kept no longer: its new holder will write it.
  ///
  /// @throws IllegalStateException if none is free: ask [#freeCount()] before
  public int take() {
    if (freeCount == 0) {
      throw new IllegalStateException("all " + holders.length + " blocks are taken");
    }
    int block = next[end];
    kept.clear(block);
    hold(block);
    return block;
  }

  /// Keeps the content of a block: while it is held, and then for as long as others are free.
  ///
  /// @throws IllegalStateException if nobody holds it
  public void keep(int block) {
    requireHeld(block);
    kept.set(block);
  }

  /// True if the block has not been taken since it was to be kept.
  public boolean isKept(int block) {
    return kept.get(block);
  }

  /// Gives a block that is kept one holder more, free or not.
  ///
  /// @throws IllegalStateException if it is not kept
  public void share(int block) {
    if (!kept.get(block)) {
      throw new IllegalStateException("block " + block + " is not kept");
    }
    hold(block);
  }

  /// Gives a block back. It is free when its last holder has done so.
  ///
  /// @throws IllegalStateException if it is free already, or no block of this pool
  public void release(int block) {
    requireHeld(block);
    holders[block]--;
    if (holders[block] == 0) {
      free(block, kept.get(block) ? end : next[end]);
    }
  }

  private void requireHeld(int block) {
    if (block < 0 || block >= holders.length || holders[block] == 0) {
      throw new IllegalStateException("block " + block + " is not taken");
    }
  }

  private void hold(int block) {
    if (holders[block] == 0) {
      next[previous[block]] = next[block];
      previous[next[block]] = previous[block];
      freeCount--;
    }
    holders[block]++;
  }

  /// Puts a block before another one of the ring.
  private void free(int block, int successor) {
    next[block] = successor;
    previous[block] = previous[successor];
    next[previous[block]] = block;
    previous[successor] = block;
    freeCount++;
  }
}
