package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockScan;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/// Finds the key at which a weight is reached, from the greatest key downwards, among the keys of a
/// cluster's slices.
///
/// First by ranges of logits, which spread over the bins of a histogram where the leading digits of
/// keys would all be the same and threads wait for one another; then, in the range that was found,
/// digit by digit. Weights are at most 2^30, so a bin's sum is kept as two words of 15 bits and
/// more, which are added to without a carry.
final class ClusterSelection {
  private static final int BINS = ClusterExchange.BINS;
  private static final int DIGIT_BITS = 8;
  private static final int LOW_BITS = 15;

  private final KernelBuilder k;
  private final SliceKeys keys;
  private final ClusterExchange exchange;
  private final SharedRegion lows;
  private final SharedRegion highs;
  private final SharedRegion found;
  private final BlockScan scan;

  /// What is selected by.
  ///
  /// @param range of a key, 0 to 255, of the greatest keys 0; never less for a lesser key
  /// @param weight of a key, at most 2^30
  record Measure(UnaryOperator<B32> range, UnaryOperator<B32> weight) {}

  ClusterSelection(KernelBuilder k, SliceKeys keys, ClusterExchange exchange) {
    this.k = k;
    this.keys = keys;
    this.exchange = exchange;
    this.lows = k.shared("low_sums", BINS * Integer.BYTES, 16);
    this.highs = k.shared("high_sums", BINS * Integer.BYTES, 16);
    this.found = k.shared("found", 16, 16);
    this.scan = new BlockScan(k);
  }

  /// The least key, among those of at least `lowest`, whose greater keys weigh less than `target`.
  ///
  /// @param lowest at least 1
  B32 select(Measure measure, B64 target, B32 lowest) {
    B64 left = k.copy(target);
    k.comment("the range of the key");
    B32 range =
        choose(
            left,
            (key, add) -> {
              B32 bin = k.sub(k.constant(BINS - 1), measure.range.apply(key));
              add.accept(k.geU(key, lowest), bin);
            },
            measure);
    B32 prefix = k.constant(0);
    for (int shift = 32 - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      int digit = shift;
      k.comment("the digit at bit " + shift);
      B32 bin =
          choose(
              left,
              (key, add) -> {
                B32 itsRange = k.sub(k.constant(BINS - 1), measure.range.apply(key));
                Pred inRange = k.and(k.geU(key, lowest), k.eq(itsRange, range));
                add.accept(
                    knownDigits(inRange, key, prefix, digit), k.and(k.shr(key, digit), BINS - 1));
              },
              measure);
      k.assign(prefix, k.or(prefix, k.shl(bin, digit)));
    }
    return k.select(k.geU(prefix, lowest), prefix, lowest);
  }

  private Pred knownDigits(Pred candidate, B32 key, B32 prefix, int digit) {
    int known = digit + DIGIT_BITS;
    return known == 32
        ? candidate
        : k.and(candidate, k.eq(k.shr(key, known), k.shr(prefix, known)));
  }

  /// Fills the histogram and finds the bin in which what is left of the target is reached; takes
  /// off what the greater bins weigh.
  private B32 choose(B64 left, BiConsumer<B32, BiConsumer<Pred, B32>> place, Measure measure) {
    B32 lowBase = k.addressOf(lows);
    B32 highBase = k.addressOf(highs);
    B32 mine = k.mul(k.and(k.threadIndex(), BINS - 1), Integer.BYTES);
    k.when(
        k.lt(k.threadIndex(), BINS),
        () -> {
          k.store(k.at(k.add(lowBase, mine)), k.constant(0));
          k.store(k.at(k.add(highBase, mine)), k.constant(0));
        });
    k.blockBarrier();
    keys.each(key ->
        place.accept(
            key,
            (counts, bin) -> {
              B32 weight = measure.weight.apply(key);
              B32 low = k.and(weight, (1 << LOW_BITS) - 1);
              B32 high = k.shr(weight, LOW_BITS);
              B32 lowPlace = k.mad(bin, Integer.BYTES, lowBase);
              B32 highPlace = k.mad(bin, Integer.BYTES, highBase);
              Pred addsLow = k.and(counts, k.ne(low, 0));
              Pred addsHigh = k.and(counts, k.ne(high, 0));
              k.when(addsLow, () -> k.reduceAdd(k.at(lowPlace), low));
              k.when(addsHigh, () -> k.reduceAdd(k.at(highPlace), high));
            }));
    k.blockBarrier();
    B64 low = k.widen(k.loadB32(k.at(k.add(lowBase, mine))));
    B64 high = k.widen(k.loadB32(k.at(k.add(highBase, mine))));
    return reached(exchange.bins(k.add(low, k.shl(high, LOW_BITS))), left);
  }

  /// If the whole weight is less than what is left, the lowest bin is the one.
  private B32 reached(B64 weight, B64 left) {
    B32 thread = k.threadIndex();
    B64 before = scan.exclusive(weight);
    B64 after = k.add(before, weight);
    Pred reaches = k.and(k.ltU(before, left), k.leU(left, after));
    Pred last = k.and(k.eq(thread, BINS - 1), k.ltU(after, left));
    k.ifThen(
        k.and(k.lt(thread, BINS), k.or(reaches, last)),
        () -> {
          k.store(found.at(0), k.sub(k.constant(BINS - 1), thread));
          k.store(found.at(8), k.sub(left, before));
        });
    k.blockBarrier();
    k.loadTo(left, found.at(8));
    return k.loadB32(found.at(0));
  }
}
