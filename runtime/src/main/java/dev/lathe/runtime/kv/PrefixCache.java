package dev.lathe.runtime.kv;

import java.util.Arrays;

/// Which blocks hold which beginnings of sequences, so that others that begin alike can share them.
///
/// The content of a block is its tokens and the content of the block before: keys and values depend
/// on all tokens up to their own. Each content that becomes known gets a number, which is never
/// used again; so a block whose predecessor's content was lost is never found by mistake. Contents
/// are kept in a hash table that holds blocks, and compared token by token. What the pool gave out
/// anew is passed over, and leaves the table when the block has another content. Allocates nothing
/// after its making. Not thread-safe.
public final class PrefixCache {
  /// The content before the first block.
  static final long NOTHING = 0;

  private static final int NO_BLOCK = -1;

  private final BlockPool pool;
  private final int tokensPerBlock;
  private final int[] tokens;
  private final long[] contents;
  private final long[] contentsBefore;
  private final int[] buckets;
  private final int[] nextInBucket;
  private long lastContent = NOTHING;

  /// @param pool whose blocks are shared
  public PrefixCache(BlockPool pool, int tokensPerBlock) {
    this.pool = pool;
    this.tokensPerBlock = tokensPerBlock;
    int blocks = pool.size();
    tokens = new int[Math.multiplyExact(blocks, tokensPerBlock)];
    contents = new long[blocks];
    contentsBefore = new long[blocks];
    nextInBucket = new int[blocks];
    buckets = new int[2 * Integer.highestOneBit(blocks)];
    Arrays.fill(buckets, NO_BLOCK);
  }

  /// Gives an empty table all known blocks with which a sequence begins.
  ///
  /// @param sequence token ids
  /// @param most tokens that the blocks may hold
  /// @return tokens that they hold
  public int share(BlockTable table, int[] sequence, int most) {
    while ((table.count() + 1) * tokensPerBlock <= most) {
      int block = find(table.content(), sequence, table.count() * tokensPerBlock);
      if (block == NO_BLOCK) {
        break;
      }
      pool.share(block);
      table.add(block);
      table.know(contents[block]);
    }
    return table.count() * tokensPerBlock;
  }

  /// Makes known the full blocks of a table.
  ///
  /// @param sequence token ids
  /// @param written tokens whose keys and values every later step finds in the blocks
  public void learn(BlockTable table, int[] sequence, int written) {
    while ((table.known() + 1) * tokensPerBlock <= written) {
      int from = table.known() * tokensPerBlock;
      int block = find(table.content(), sequence, from);
      if (block == NO_BLOCK) {
        block = table.block(table.known());
        remember(block, table.content(), sequence, from);
      }
      table.know(contents[block]);
    }
  }

  /// The block that holds the next tokens after a content.
  private int find(long before, int[] sequence, int from) {
    int block = buckets[bucket(before, sequence, from)];
    while (block != NO_BLOCK && !holds(block, before, sequence, from)) {
      block = nextInBucket[block];
    }
    return block;
  }

  private boolean holds(int block, long before, int[] sequence, int from) {
    int own = block * tokensPerBlock;
    return contentsBefore[block] == before
        && pool.isKept(block)
        && Arrays.equals(tokens, own, own + tokensPerBlock, sequence, from, from + tokensPerBlock);
  }

  private void remember(int block, long before, int[] sequence, int from) {
    if (contents[block] != NOTHING) {
      forget(block);
    }
    System.arraycopy(sequence, from, tokens, block * tokensPerBlock, tokensPerBlock);
    contentsBefore[block] = before;
    contents[block] = ++lastContent;
    int bucket = bucket(before, sequence, from);
    nextInBucket[block] = buckets[bucket];
    buckets[bucket] = block;
    pool.keep(block);
  }

  /// Takes a block out of the bucket of the content that it had.
  private void forget(int block) {
    int bucket = bucket(contentsBefore[block], tokens, block * tokensPerBlock);
    if (buckets[bucket] == block) {
      buckets[bucket] = nextInBucket[block];
      return;
    }
    int other = buckets[bucket];
    while (nextInBucket[other] != block) {
      other = nextInBucket[other];
    }
    nextInBucket[other] = nextInBucket[block];
  }

  private int bucket(long before, int[] sequence, int from) {
    long hash = before;
    for (int i = from; i < from + tokensPerBlock; i++) {
      hash = (hash ^ sequence[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash & (buckets.length - 1);
  }
}
