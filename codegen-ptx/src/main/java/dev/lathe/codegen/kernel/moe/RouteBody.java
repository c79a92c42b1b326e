package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import java.util.ArrayList;
import java.util.List;

/// Emits the choice of experts. A lane holds each 32nd logit of a row, as a key that is ordered as
/// the logits are and that is 0 where there is none; the greatest key is taken k times.
final class RouteBody {
  /// Rows of a block.
  static final int WARPS = 4;

  private static final int LANES = 32;

  private final KernelBuilder k;
  private final int experts;
  private final int topK;
  private final boolean normalise;
  private final B64 logits;
  private final B64 chosen;
  private final B64 weights;
  private final B32 row;
  private final B32 lane;

  RouteBody(KernelBuilder k, int experts, int topK, boolean normalise) {
    this.k = k;
    this.experts = experts;
    this.topK = topK;
    this.normalise = normalise;
    this.logits = k.pointer("logits");
    this.chosen = k.pointer("experts");
    this.weights = k.pointer("weights");
    B32 rows = k.size("rows");
    this.row = k.mad(k.blockX(), WARPS, k.warpIndex());
    this.lane = k.laneIndex();
    k.exitIf(k.ge(row, rows));
  }

  void emit() {
    List<F32> values = load();
    F32 most = k.constant(Float.NEGATIVE_INFINITY);
    values.forEach(value -> k.maxTo(most, value));
    F32 greatest = BlockReduction.warpMax(k, most);
    F32 total = normalise ? k.constant(0f) : total(values, greatest);
    List<B32> keys = keys(values);
    B32 mine = k.constant(0);
    F32 weight = k.constant(0f);
    k.forRange(
        k.constant(0),
        topK,
        1,
        j -> {
          B32 key = k.constant(0);
          B32 slot = k.constant(0);
          for (int i = 0; i < keys.size(); i++) {
            Pred greater = k.gtU(keys.get(i), key);
            k.assign(key, k.select(greater, keys.get(i), key));
            k.assign(slot, k.select(greater, k.constant(i), slot));
          }
          B32 best = k.maxOfLanesU(key);
          B32 id = k.mad(slot, LANES, lane);
          B32 winner = k.minOfLanesU(k.select(k.eq(key, best), id, k.constant(-1)));
          for (int i = 0; i < keys.size(); i++) {
            Pred taken = k.eq(k.add(lane, i * LANES), winner);
            k.assign(keys.get(i), k.select(taken, k.constant(0), keys.get(i)));
          }
          F32 p = k.exp(k.sub(value(best), greatest));
          if (normalise) {
            k.addTo(total, p);
          }
          Pred own = k.eq(lane, j);
          k.assign(mine, k.select(own, winner, mine));
          k.assign(weight, k.select(own, p, weight));
        });
    B32 place = k.mad(row, topK, lane);
    k.ifThen(
        k.lt(lane, topK),
        () -> {
          k.store(k.at(k.madWide(place, Integer.BYTES, chosen)), mine);
          k.store(k.at(k.madWide(place, Float.BYTES, weights)), k.divExact(weight, total));
        });
  }

  /// This lane's logits; NaN and what is past the last as minus infinity.
  private List<F32> load() {
    List<F32> values = new ArrayList<>();
    for (int i = 0; i < Math.ceilDiv(experts, LANES); i++) {
      B32 expert = k.add(lane, i * LANES);
      F32 value = k.constant(Float.NEGATIVE_INFINITY);
      B64 address = k.madWide(k.mad(row, experts, expert), Float.BYTES, logits);
      k.when(k.lt(expert, experts), () -> k.loadTo(value, k.at(address)));
      // Minus zero counts as zero.
      F32 number = k.add(value, 0f);
      values.add(k.select(k.isNaN(number), k.constant(Float.NEGATIVE_INFINITY), number));
    }
    return values;
  }

  private F32 total(List<F32> values, F32 greatest) {
    F32 sum = k.constant(0f);
    values.forEach(value -> k.addTo(sum, k.exp(k.sub(value, greatest))));
    return BlockReduction.warpSum(k, sum);
  }

  private List<B32> keys(List<F32> values) {
    List<B32> keys = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      B32 bits = k.bits(values.get(i));
      // Below zero all bits are flipped, above the sign.
      B32 key = k.xor(bits, k.or(k.shrS(bits, 31), 0x80000000));
      Pred exists = k.lt(k.add(lane, i * LANES), experts);
      keys.add(k.select(exists, key, k.constant(0)));
    }
    return keys;
  }

  /// The logit of a key.
  private F32 value(B32 key) {
    return k.fromBits(k.xor(key, k.or(k.not(k.shrS(key, 31)), 0x80000000)));
  }
}
