package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.sample.SliceKeys.Entry;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import java.util.ArrayList;
import java.util.List;

/// What the blocks of a cluster tell one another: each writes into the inboxes of all, they meet,
/// and each reads its own. There are two inboxes, used in turn, so that nobody writes where another
/// still reads; and after the last meeting nobody needs another to be still there.
final class ClusterExchange {
  /// Pairs of words that a block sends at most: a histogram.
  static final int BINS = 256;

  private static final int PAIR = 8;
  private static final int BLOCKS = ClusterSampleBody.BLOCKS;
  private static final int INBOX_BYTES = BLOCKS * BINS * PAIR;

  private final KernelBuilder k;
  private final B32 rank;
  private final SharedRegion inboxes;
  private final B32 inbox;
  private final B32 lane;

  ClusterExchange(KernelBuilder k, B32 rank) {
    this.k = k;
    this.rank = rank;
    this.inboxes = k.shared("inboxes", 2 * INBOX_BYTES, 16);
    this.inbox = k.constant(0);
    this.lane = k.laneIndex();
    k.cluster(BLOCKS);
  }

  /// Tells the others that this block has begun.
  void begin() {
    k.clusterArriveRelaxed();
  }

  /// Waits until all blocks have begun: nobody writes into one that has not.
  void awaitBegin() {
    k.clusterWait();
  }

  private B32 base() {
    return k.add(k.addressOf(inboxes), inbox);
  }

  /// Meets the others; the inbox that is full now.
  private B32 meet() {
    B32 full = k.copy(base());
    k.clusterArrive();
    k.clusterWait();
    k.assign(inbox, k.xor(inbox, INBOX_BYTES));
    return full;
  }

  private void send(B32 address, B32 low, B32 high) {
    k.storeFloatsToCluster(k.at(address), List.of(k.fromBits(low), k.fromBits(high)));
  }

  /// Number of this warp among those of the cluster, by rank.
  private B32 warp() {
    return k.mad(rank, k.threads() / 32, k.warpIndex());
  }

  /// Sends a pair of words of this warp to all blocks: one lane a block.
  private void sendOfWarp(B32 low, B32 high) {
    B32 entry = k.mad(warp(), PAIR, base());
    B32 address = k.inBlock(entry, k.and(lane, BLOCKS - 1));
    k.when(k.lt(lane, BLOCKS), () -> send(address, low, high));
  }

  /// Pairs of words of all warps of the cluster, some in each lane, in the order of warps.
  private List<List<B32>> receive(B32 full) {
    int each = BLOCKS * k.threads() / 32 / 32;
    List<List<B32>> pairs = new ArrayList<>();
    B32 first = k.mad(lane, each * PAIR, full);
    for (int i = 0; i < each; i += 2) {
      List<B32> words = k.loadWords(k.at(first, i * PAIR), 4);
      pairs.add(words.subList(0, 2));
      pairs.add(words.subList(2, 4));
    }
    return pairs;
  }

  /// The greatest key of all threads, and the lowest id that has it.
  Entry greatest(Entry mine) {
    Entry ofWarp = ofLanes(mine);
    sendOfWarp(ofWarp.key(), ofWarp.id());
    B32 key = k.constant(0);
    B32 id = k.constant(-1);
    for (List<B32> pair : receive(meet())) {
      // Ids of a block's warps lie between one another, so equals are compared by id.
      Pred greater = k.gtU(pair.get(0), key);
      B32 lower = k.select(k.eq(pair.get(0), key), k.minU(pair.get(1), id), id);
      k.assign(id, k.select(greater, pair.get(1), lower));
      k.assign(key, k.select(greater, pair.get(0), key));
    }
    return ofLanes(new Entry(key, id));
  }

  private Entry ofLanes(Entry mine) {
    B32 key = k.maxOfLanesU(mine.key());
    B32 id = k.select(k.eq(mine.key(), key), mine.id(), k.constant(-1));
    return new Entry(key, k.minOfLanesU(id));
  }

  /// @param before sum of the values of the warps before this one
  /// @param total sum over all warps
  record Sums(B64 before, B64 total) {}

  /// Sums of a value that the lanes of a warp have in common.
  Sums sums(B64 ofWarp) {
    sendOfWarp(k.low(ofWarp), k.high(ofWarp));
    List<List<B32>> pairs = receive(meet());
    B64 total = k.constant64(0);
    B64 before = k.constant64(0);
    B32 first = k.mul(lane, pairs.size());
    for (int i = 0; i < pairs.size(); i++) {
      B64 value = k.join(pairs.get(i).get(0), pairs.get(i).get(1));
      Pred isBefore = k.lt(k.add(first, i), warp());
      k.addTo(total, value);
      k.addTo(before, k.select(isBefore, value, k.constant64(0)));
    }
    return new Sums(BlockReduction.warpSum(k, before), BlockReduction.warpSum(k, total));
  }

  /// Sums of the bins of all blocks: thread i below [#BINS] gets that of bin `BINS - 1 - i`, the
  /// others 0.
  ///
  /// @param mine what bin `thread % BINS` is in this block
  B64 bins(B64 mine) {
    B32 bin = k.and(k.threadIndex(), BINS - 1);
    B32 entry = k.mad(k.mad(rank, BINS, bin), PAIR, base());
    B32 firstTarget = k.mul(k.div(k.threadIndex(), BINS), sharers());
    for (int i = 0; i < sharers(); i++) {
      send(k.inBlock(entry, k.add(firstTarget, i)), k.low(mine), k.high(mine));
    }
    B32 full = meet();
    B64 sum = k.constant64(0);
    k.ifThen(
        k.lt(k.threadIndex(), BINS),
        () -> {
          B32 address = k.mad(k.sub(k.constant(BINS - 1), k.threadIndex()), PAIR, full);
          for (int block = 0; block < BLOCKS; block++) {
            k.addTo(sum, k.loadB64(k.at(address, block * BINS * PAIR)));
          }
        });
    return sum;
  }

  /// Blocks to which a thread sends its bin.
  private int sharers() {
    return BLOCKS * BINS / k.threads();
  }
}
