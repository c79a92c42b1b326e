package dev.lathe.codegen.kernel.sample;

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
  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float MASS_ONE = 1 << 30;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FIRST_MULTIPLIER = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_MULTIPLIER = 0x94D049BB133111EBL;

  private final KernelBuilder k;
  private final int vocabulary;
  private final BlockReduction reduction;
  private final BlockScan scan;
  private final SharedRegion histogram;
  private final SharedRegion found;
  private final B64 row;
  private final B64 out;
  private final F32 temperature;
  private final B32 topK;
  private final F32 topP;
  private final F32 minP;
  private final B64 seed;
  private final B32 draw;

  SampleBody(KernelBuilder k, int vocabulary) {
    this.k = k;
    this.vocabulary = vocabulary;
    this.reduction = new BlockReduction(k);
    this.scan = new BlockScan(k);
    this.histogram = k.shared("histogram", BINS * Long.BYTES, 8);
    this.found = k.shared("found", 2 * Long.BYTES, 8);
    this.row = k.madWide(k.blockX(), vocabulary * Float.BYTES, k.pointer("logits"));
    this.temperature = k.loadF32(k.at(ofRow(k.pointer("temperatures"), Float.BYTES)));
    this.topK = k.loadB32(k.at(ofRow(k.pointer("top_k"), Integer.BYTES)));
    this.topP = k.loadF32(k.at(ofRow(k.pointer("top_p"), Float.BYTES)));
    this.minP = k.loadF32(k.at(ofRow(k.pointer("min_p"), Float.BYTES)));
    this.seed = k.loadB64(k.at(ofRow(k.pointer("seeds"), Long.BYTES)));
    this.draw = k.loadB32(k.at(ofRow(k.pointer("draws"), Integer.BYTES)));
    this.out = ofRow(k.pointer("out"), Integer.BYTES);
  }

  private B64 ofRow(B64 base, int bytes) {
    return k.madWide(k.blockX(), bytes, base);
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
    F32 greatest = logitOf(k.high(winner));
    Pred greedy = k.or(k.eq(topK, 1), k.eq(greatest, Float.NEGATIVE_INFINITY));
    k.when(k.and(greedy, k.eq(k.threadIndex(), 0)), () -> k.store(k.at(out), winnerId));
    k.exitIf(greedy);
    draw(greatest);
  }

  private void draw(F32 greatest) {
    F32 factor = k.div(k.constant(LOG2_E), temperature);
    Function<F32, F32> probability =
        logit -> {
          F32 relative = k.exp2(k.mul(k.sub(logit, greatest), factor));
          return k.select(k.eq(logit, greatest), k.constant(1f), relative);
        };
    B32 threshold = k.constant(0);
    Pred limitsCount = k.and(k.gt(topK, 0), k.lt(topK, vocabulary));
    k.ifThen(
        limitsCount,
        () -> {
          k.comment("top-k: the k-th greatest key");
          B32 lowest = k.constant(0);
          k.assign(threshold, select(logit -> k.constant64(1), k.widen(topK), lowest));
        });
    k.ifThen(
        k.and(k.gt(topP, 0f), k.lt(topP, 1f)),
        () -> {
          k.comment("top-p: the key at which the mass is reached");
          B64 kept = k.constant64(0);
          eachStrided((id, logit) -> {
            B64 mass = mass(probability.apply(logit));
            Pred in = k.geU(key(logit), threshold);
            k.addTo(kept, k.select(in, mass, k.constant64(0)));
          });
          B64 total = reduction.sum(kept);
          B64 target = partOf(total);
          Function<F32, B64> weight = logit -> mass(probability.apply(logit));
          k.assign(threshold, select(weight, target, k.copy(threshold)));
        });
    pick(probability, threshold);
  }

  /// `ceil(topP * total)`, exact: topP in (0, 1) is a multiple of 2^-62 if it is at least 2^-39,
  /// and the product has 128 bits. Of any smaller topP only the greatest logit is left: 1.
  private B64 partOf(B64 total) {
    B64 scaled = k.truncateLong(k.mul(topP, 0x1p62f));
    B64 one = k.constant64(1);
    B64 fraction = k.select(k.eq(scaled, k.constant64(0)), one, scaled);
    B64 low = k.mul(total, fraction);
    B64 high = k.mulHi(total, fraction);
    B64 whole = k.or(k.shl(high, 2), k.shr(low, 62));
    Pred exact = k.eq(k.shl(low, 2), k.constant64(0));
    return k.select(exact, whole, k.add(whole, 1));
  }

  private B64 mass(F32 probability) {
    return k.widen(k.truncateU(k.mul(probability, MASS_ONE)));
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
          Pred in = k.and(k.geU(key(logit), threshold), k.ge(p, minP));
          return k.select(in, mass(p), k.constant64(0));
        };
    int share = Math.ceilDiv(vocabulary, k.threads());
    B32 first = k.mul(k.threadIndex(), share);
    B32 end = k.min(k.add(first, share), vocabulary);
    B64 mine = k.constant64(0);
    k.forRange(first, end, 1, id -> k.addTo(mine, kept.apply(load(id))));
    B64 before = scan.exclusive(mine);
    B64 total = reduction.sum(mine);
    B64 point = k.mulHi(bits(), total);
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
                k.when(reached, () -> k.store(k.at(out), id));
                k.breakIf(reached);
              });
        });
  }

  /// `SampleDraw.bits(seed, draw)`.
  private B64 bits() {
    B64 z = k.add(seed, k.mul(k.add(k.widenS(draw), 1), GOLDEN_GAMMA));
    z = k.mul(k.xor(z, k.shr(z, 30)), FIRST_MULTIPLIER);
    z = k.mul(k.xor(z, k.shr(z, 27)), SECOND_MULTIPLIER);
    return k.xor(z, k.shr(z, 31));
  }

  private void eachStrided(BiConsumer<B32, F32> body) {
    k.forRange(k.threadIndex(), vocabulary, k.threads(), id -> body.accept(id, load(id)));
  }

  /// A logit; NaN as minus infinity, the negative zero as the positive one.
  private F32 load(B32 id) {
    F32 logit = k.loadF32(k.at(k.madWide(id, Float.BYTES, row)));
    return k.add(k.max(logit, Float.NEGATIVE_INFINITY), 0f);
  }

  /// An unsigned integer that orders like the float.
  private B32 key(F32 logit) {
    B32 bits = k.bits(logit);
    return k.xor(bits, k.or(k.shrS(bits, 31), 0x80000000));
  }

  private F32 logitOf(B32 key) {
    B32 mask = k.or(k.shrS(k.not(key), 31), 0x80000000);
    return k.fromBits(k.xor(key, mask));
  }
}
