package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.sample.SampleRow.Limits;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.BlockScan;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Emits the choice of a token, one block a row of logits, without a sort.
///
/// A float's bits, with the sign folded in, order like the float: such a key lets the k-th greatest
/// logit be found digit by digit, with a histogram of 256 bins for each of 4 digits. The threshold
/// of top-p is found in the same way, with masses in place of counts. Sums are of integers, so
/// atomics may add them in any order.
final class SampleBody {
  static final int THREADS = 1024;
  private static final int BINS = 256;
  private static final int DIGIT_BITS = 8;

  private final KernelBuilder k;
  private final int vocabulary;
  private final BlockReduction reduction;
  private final BlockScan scan;
  private final SharedRegion histogram;
  private final SharedRegion found;
  private final SampleArithmetic arithmetic;
  private final SampleRow row;
  private final Limits limits;

  SampleBody(KernelBuilder k, int vocabulary) {
    this.k = k;
    this.vocabulary = vocabulary;
    this.arithmetic = new SampleArithmetic(k);
    this.reduction = new BlockReduction(k);
    this.scan = new BlockScan(k);
    this.histogram = k.shared("histogram", BINS * Long.BYTES, 8);
    this.found = k.shared("found", 2 * Long.BYTES, 8);
    this.row = new SampleRow(k, k.blockX(), vocabulary);
    this.limits = row.limits();
  }

  void emit() {
    k.comment("the greatest logit, the lowest id among equals");
    B64 best = k.constant64(0);
    eachStrided((id, logit) -> {
      B64 candidate = k.join(k.not(id), key(logit));
      k.assign(best, k.select(k.gtU(candidate, best), candidate, best));
    });
    B64 winner = reduction.maxU(best);
    B32 winnerId = k.not(k.low(winner));
    F32 greatest = arithmetic.logit(k.high(winner));
    Pred greedy = k.or(k.eq(limits.topK(), 1), k.eq(greatest, Float.NEGATIVE_INFINITY));
    k.when(k.and(greedy, k.eq(k.threadIndex(), 0)), () -> k.store(k.at(row.out()), winnerId));
    k.exitIf(greedy);
    draw(greatest);
  }

  private void draw(F32 greatest) {
    F32 factor = arithmetic.factor(limits.temperature());
    Function<F32, F32> probability = logit -> arithmetic.probability(logit, greatest, factor);
    B32 threshold = k.constant(0);
    Pred limitsCount = k.and(k.gt(limits.topK(), 0), k.lt(limits.topK(), vocabulary));
    k.ifThen(
        limitsCount,
        () -> {
          k.comment("top-k: the k-th greatest key");
          B32 lowest = k.constant(0);
          k.assign(threshold, select(logit -> k.constant64(1), k.widen(limits.topK()), lowest));
        });
    k.ifThen(
        k.and(k.gt(limits.topP(), 0f), k.lt(limits.topP(), 1f)),
        () -> {
          k.comment("top-p: the key at which the mass is reached");
          B64 kept = k.constant64(0);
          eachStrided((id, logit) -> {
            B64 mass = mass(probability.apply(logit));
            Pred in = k.geU(key(logit), threshold);
            k.addTo(kept, k.select(in, mass, k.constant64(0)));
          });
          B64 total = reduction.sum(kept);
          B64 target = arithmetic.partOf(limits.topP(), total);
          Function<F32, B64> weight = logit -> mass(probability.apply(logit));
          k.assign(threshold, select(weight, target, k.copy(threshold)));
        });
    pick(probability, threshold);
  }

  private B64 mass(F32 probability) {
    return k.widen(arithmetic.mass(probability));
  }

  /// The least key, among those of at least `lowest`, whose greater keys weigh less than `target`:
  /// digit by digit, each time in the bin in which the weight, summed from the greatest on, reaches
  /// what is left of the target.
  private B32 select(Function<F32, B64> weight, B64 target, B32 lowest) {
    B32 prefix = k.constant(0);
    B64 left = k.copy(target);
    B32 bins = k.addressOf(histogram);
    for (int shift = 32 - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      int digitShift = shift;
      clear(bins);
      eachStrided((id, logit) -> {
        B32 key = key(logit);
        Pred candidate = k.geU(key, lowest);
        if (digitShift < 32 - DIGIT_BITS) {
          int known = digitShift + DIGIT_BITS;
          candidate = k.and(candidate, k.eq(k.shr(key, known), k.shr(prefix, known)));
        }
        B64 amount = weight.apply(logit);
        B32 digit = k.and(k.shr(key, digitShift), BINS - 1);
        B32 bin = k.mad(digit, Long.BYTES, bins);
        k.when(candidate, () -> k.reduceAdd(k.at(bin), amount));
      });
      k.blockBarrier();
      choose(bins, prefix, left, digitShift);
    }
    return k.select(k.geU(prefix, lowest), prefix, lowest);
  }

  private void clear(B32 bins) {
    Pred mine = k.lt(k.threadIndex(), BINS);
    k.when(mine, () -> k.store(k.at(k.mad(k.threadIndex(), Long.BYTES, bins)), k.constant64(0)));
    k.blockBarrier();
  }

  /// Thread i looks at bin 255 - i: what lies before it in the scan are the greater bins. If the
  /// whole weight is less than what is left, the lowest bin is the one.
  private void choose(B32 bins, B32 prefix, B64 left, int shift) {
    B32 thread = k.threadIndex();
    B32 bin = k.sub(k.constant(BINS - 1), thread);
    B64 weight = k.constant64(0);
    Pred mine = k.lt(thread, BINS);
    k.ifThen(mine, () -> k.loadTo(weight, k.at(k.mad(bin, Long.BYTES, bins))));
    B64 before = scan.exclusive(weight);
    B64 after = k.add(before, weight);
    Pred reaches = k.and(k.ltU(before, left), k.leU(left, after));
    Pred last = k.and(k.eq(thread, BINS - 1), k.ltU(after, left));
    k.ifThen(
        k.or(k.and(mine, reaches), last),
        () -> {
          k.store(found.at(0), k.or(prefix, k.shl(bin, shift)));
          k.store(found.at(Long.BYTES), k.sub(left, before));
        });
    k.blockBarrier();
    k.loadTo(prefix, found.at(0));
    k.loadTo(left, found.at(Long.BYTES));
    k.blockBarrier();
  }

  /// Lays the kept masses end to end in the order of ids, and takes the id at the drawn point.
  private void pick(Function<F32, F32> probability, B32 threshold) {
    k.comment("the token at the drawn point");
    Function<F32, B64> kept =
        logit -> {
          F32 p = probability.apply(logit);
          Pred in = k.and(k.geU(key(logit), threshold), k.ge(p, limits.minP()));
          return k.select(in, mass(p), k.constant64(0));
        };
    int share = Math.ceilDiv(vocabulary, k.threads());
    B32 first = k.mul(k.threadIndex(), share);
    B32 end = k.min(k.add(first, share), vocabulary);
    B64 mine = k.constant64(0);
    k.forRange(first, end, 1, id -> k.addTo(mine, kept.apply(load(id))));
    B64 before = scan.exclusive(mine);
    B64 total = reduction.sum(mine);
    B64 point = k.mulHi(arithmetic.bits(limits.seed(), limits.draw()), total);
    Pred here = k.and(k.leU(before, point), k.ltU(point, k.add(before, mine)));
    k.ifThen(
        here,
        () -> {
          B64 passed = k.copy(before);
          k.forRange(
              first,
              end,
              1,
              id -> {
                k.addTo(passed, kept.apply(load(id)));
                Pred reached = k.ltU(point, passed);
                k.when(reached, () -> k.store(k.at(row.out()), id));
                k.breakIf(reached);
              });
        });
  }

  private void eachStrided(BiConsumer<B32, F32> body) {
    k.forRange(k.threadIndex(), vocabulary, k.threads(), id -> body.accept(id, load(id)));
  }

  private F32 load(B32 id) {
    return arithmetic.clean(k.loadF32(k.at(k.madWide(id, Float.BYTES, row.logits()))));
  }

  private B32 key(F32 logit) {
    return arithmetic.key(logit);
  }
}
