package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.sample.ClusterExchange.Sums;
import dev.lathe.codegen.kernel.sample.ClusterSelection.Measure;
import dev.lathe.codegen.kernel.sample.SampleRow.Limits;
import dev.lathe.codegen.kernel.sample.SliceKeys.Entry;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.BlockScan;
import java.util.ArrayList;
import java.util.List;

/// Emits the choice of a token, a cluster of blocks a row of logits.
///
/// Each block reads its slice of the row once, into its shared memory; the greedy choice needs one
/// meeting of the blocks after that. The other choices look at the slices again and again, and meet
/// after each look. Sums are of integers, so it does not matter who adds them up.
final class ClusterSampleBody {
  static final int BLOCKS = 8;
  static final int THREADS = 512;

  /// Ranges of a logit's distance from the greatest: 8 for each unit.
  private static final float RANGES_PER_LOGIT = 8;

  /// Ranges of an exponent of 2 from 0 down to -30, below which masses are 0.
  private static final float RANGES_PER_EXPONENT = 8.5f;

  private final KernelBuilder k;
  private final int vocabulary;
  private final SampleArithmetic arithmetic;
  private final B32 rank;
  private final SampleRow row;
  private final SliceKeys keys;
  private final ClusterExchange exchange;

  ClusterSampleBody(KernelBuilder k, int vocabulary) {
    this.k = k;
    this.vocabulary = vocabulary;
    this.arithmetic = new SampleArithmetic(k);
    this.rank = k.clusterRank();
    this.row = new SampleRow(k, k.clusterX(), vocabulary);
    this.keys = new SliceKeys(k, vocabulary, rank);
    this.exchange = new ClusterExchange(k, rank);
  }

  void emit() {
    k.startSuccessor();
    exchange.begin();
    k.waitForPredecessor();
    Limits limits = row.limits();
    k.comment("the greatest logit, the lowest id among equals");
    Entry mine = keys.read(row.logits());
    exchange.awaitBegin();
    Entry best = exchange.greatest(mine);
    F32 greatest = arithmetic.logit(best.key());
    Pred greedy = k.or(k.eq(limits.topK(), 1), k.eq(greatest, Float.NEGATIVE_INFINITY));
    Pred first = k.and(k.eq(rank, 0), k.eq(k.threadIndex(), 0));
    k.when(k.and(greedy, first), () -> k.store(k.at(row.out()), best.id()));
    k.exitIf(greedy);
    draw(limits, greatest);
  }

  private void draw(Limits limits, F32 greatest) {
    F32 factor = arithmetic.factor(limits.temperature());
    ClusterSelection selection = new ClusterSelection(k, keys, exchange);
    B32 threshold = k.constant(1);
    k.ifThen(
        k.and(k.gt(limits.topK(), 0), k.lt(limits.topK(), vocabulary)),
        () -> {
          k.comment("top-k: the k-th greatest key");
          F32 scale = k.constant(RANGES_PER_LOGIT);
          Measure count = new Measure(key -> range(key, greatest, scale), key -> k.constant(1));
          B64 target = k.widen(limits.topK());
          k.assign(threshold, selection.select(count, target, k.copy(threshold)));
        });
    k.ifThen(
        k.and(k.gt(limits.topP(), 0f), k.lt(limits.topP(), 1f)),
        () -> {
          k.comment("top-p: the key at which the mass is reached");
          F32 scale = k.mul(factor, RANGES_PER_EXPONENT);
          Measure mass =
              new Measure(key -> range(key, greatest, scale), key -> mass(key, greatest, factor));
          B64 total = exchange.sums(BlockReduction.warpSum(k, kept(threshold, mass))).total();
          B64 target = arithmetic.partOf(limits.topP(), total);
          k.assign(threshold, selection.select(mass, target, k.copy(threshold)));
        });
    pick(limits, greatest, factor, threshold);
  }

  private B32 range(B32 key, F32 greatest, F32 scale) {
    F32 distance = k.sub(greatest, arithmetic.logit(key));
    return k.minU(k.truncateU(k.mul(distance, scale)), ClusterExchange.BINS - 1);
  }

  private B32 mass(B32 key, F32 greatest, F32 factor) {
    return arithmetic.mass(arithmetic.probability(arithmetic.logit(key), greatest, factor));
  }

  /// Mass of this thread's keys that are at least the threshold.
  private B64 kept(B32 threshold, Measure mass) {
    B64 sum = k.constant64(0);
    keys.each(key -> {
      B32 kept = k.select(k.geU(key, threshold), mass.weight().apply(key), k.constant(0));
      k.addTo(sum, k.widen(kept));
    });
    return sum;
  }

  /// Lays the kept masses end to end in the order of ids, and takes the id at the drawn point.
  private void pick(Limits limits, F32 greatest, F32 factor, B32 threshold) {
    k.comment("the token at the drawn point");
    B32 firstElement = k.mul(k.warpIndex(), keys.warpElements());
    B32 lane = k.laneIndex();
    int step = 32 * SliceKeys.VECTOR;
    B32 mine = k.mad(lane, SliceKeys.VECTOR, firstElement);
    B32 end = k.add(mine, keys.warpElements());
    B64 sum = k.constant64(0);
    k.forRange(
        mine,
        end,
        step,
        element ->
            masses(element, limits, greatest, factor, threshold)
                .forEach(mass -> k.addTo(sum, k.widen(mass))));
    B64 ofWarp = BlockReduction.warpSum(k, sum);
    Sums sums = exchange.sums(ofWarp);
    B64 point = k.mulHi(arithmetic.bits(limits.seed(), limits.draw()), sums.total());
    B64 after = k.add(sums.before(), ofWarp);
    k.exitIf(k.or(k.ltU(point, sums.before()), k.leU(after, point)));
    B64 passed = k.copy(sums.before());
    k.forRange(
        mine,
        end,
        step,
        element -> {
          List<B32> masses = masses(element, limits, greatest, factor, threshold);
          B64 upTo = find(element, masses, passed, point);
          k.breakIf(k.anyLane(k.ltU(point, upTo)));
          k.assign(passed, lastLane(upTo));
        });
  }

  private List<B32> masses(B32 element, Limits limits, F32 greatest, F32 factor, B32 threshold) {
    List<B32> masses = new ArrayList<>();
    for (B32 key : keys.at(element)) {
      F32 p = arithmetic.probability(arithmetic.logit(key), greatest, factor);
      Pred in = k.and(k.geU(key, threshold), k.ge(p, limits.minP()));
      masses.add(k.select(in, arithmetic.mass(p), k.constant(0)));
    }
    return masses;
  }

  /// Stores the id if the point falls on one of this lane's masses; the sum up to their end.
  private B64 find(B32 element, List<B32> masses, B64 passed, B64 point) {
    B64 own = k.constant64(0);
    masses.forEach(mass -> k.addTo(own, k.widen(mass)));
    B64 upTo = k.add(passed, BlockScan.warpInclusive(k, own, k.laneIndex()));
    B64 from = k.sub(upTo, own);
    B32 id = k.add(keys.firstId(), element);
    B64 reached = k.copy(from);
    for (B32 mass : masses.subList(0, masses.size() - 1)) {
      k.addTo(reached, k.widen(mass));
      k.assign(id, k.add(id, k.select(k.leU(reached, point), 1, 0)));
    }
    Pred here = k.and(k.leU(from, point), k.ltU(point, upTo));
    k.when(here, () -> k.store(k.at(row.out()), id));
    return upTo;
  }

  private B64 lastLane(B64 value) {
    B32 last = k.constant(31);
    return k.join(k.shuffleFrom(k.low(value), last), k.shuffleFrom(k.high(value), last));
  }
}
