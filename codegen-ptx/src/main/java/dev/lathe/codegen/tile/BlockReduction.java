package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.function.Consumer;

/// Reductions over all threads of a block, or of a warp. Every thread calls, and every thread gets
/// the result. One instance may be used many times; it takes 256 bytes of shared memory.
public final class BlockReduction {
  private final KernelBuilder k;
  private final SharedRegion partials;

  public BlockReduction(KernelBuilder k) {
    this.k = k;
    this.partials = k.shared("partials", 256, 8);
  }

  /// The sum over the block; the order of additions is fixed.
  public F32 sum(F32 value) {
    F32 total = warpSum(k, value);
    return warps() == 1 ? total : warpSum(k, exchange(total, 0f));
  }

  /// [#sum] as the last use of this instance: with one barrier instead of two.
  public F32 lastSum(F32 value) {
    F32 total = warpSum(k, value);
    if (warps() == 1) {
      return total;
    }
    B32 lane = k.laneIndex();
    k.ifThen(k.eq(lane, 0), () -> k.store(k.at(slot(k.warpIndex(), 4)), total));
    k.blockBarrier();
    F32 ofWarp = k.constant(0f);
    k.ifThen(k.lt(lane, warps()), () -> k.loadTo(ofWarp, k.at(slot(lane, 4))));
    return warpSum(k, ofWarp);
  }

  /// The greatest value of the block; NaN is ignored.
  public F32 max(F32 value) {
    F32 greatest = warpMax(k, value);
    return warps() == 1 ? greatest : warpMax(k, exchange(greatest, Float.NEGATIVE_INFINITY));
  }

  /// The greatest value, unsigned. With an ordered key in the high half and the complement of an
  /// index in the low half, this is an argmax that prefers the lowest index.
  public B64 maxU(B64 value) {
    B64 greatest = warpMaxU(k, value);
    return warps() == 1 ? greatest : warpMaxU(k, exchange(greatest));
  }

  /// The sum over the block, modulo 2^64.
  public B64 sum(B64 value) {
    B64 total = warpSum(k, value);
    return warps() == 1 ? total : warpSum(k, exchange(total));
  }

  private int warps() {
    return k.threads() / 32;
  }

  /// Lane i of each warp gets the value of warp i; lanes without a warp get `identity`.
  private F32 exchange(F32 value, float identity) {
    F32 result = k.constant(identity);
    exchange(
        () -> k.store(k.at(slot(k.warpIndex(), 4)), value),
        lane -> k.loadTo(result, k.at(slot(lane, 4))));
    return result;
  }

  private B64 exchange(B64 value) {
    B64 result = k.constant64(0);
    exchange(
        () -> k.store(k.at(slot(k.warpIndex(), 8)), value),
        lane -> k.loadTo(result, k.at(slot(lane, 8))));
    return result;
  }

  private void exchange(Runnable store, Consumer<B32> load) {
    B32 lane = k.laneIndex();
    k.ifThen(k.eq(lane, 0), store);
    k.blockBarrier();
    k.ifThen(k.lt(lane, warps()), () -> load.accept(lane));
    k.blockBarrier();
  }

  private B32 slot(B32 index, int bytes) {
    return k.mad(index, bytes, k.addressOf(partials));
  }

  /// The sum over the warp, in all lanes.
  public static F32 warpSum(KernelBuilder k, F32 value) {
    return warpSum(k, value, 32);
  }

  /// The sum over groups of `lanes` neighbours, a power of two; in all lanes.
  public static F32 warpSum(KernelBuilder k, F32 value, int lanes) {
    F32 total = value;
    for (int mask = lanes / 2; mask > 0; mask /= 2) {
      total = k.add(total, k.shuffleXor(total, mask));
    }
    return total;
  }

  /// The greatest value of the warp, in all lanes.
  public static F32 warpMax(KernelBuilder k, F32 value) {
    return warpMax(k, value, 32);
  }

  /// The greatest value of groups of `lanes` neighbours, a power of two; in all lanes.
  public static F32 warpMax(KernelBuilder k, F32 value, int lanes) {
    F32 greatest = value;
    for (int mask = lanes / 2; mask > 0; mask /= 2) {
      greatest = k.max(greatest, k.shuffleXor(greatest, mask));
    }
    return greatest;
  }

  /// The sum over the warp, modulo 2^64, in all lanes.
  public static B64 warpSum(KernelBuilder k, B64 value) {
    B64 total = value;
    for (int mask = 16; mask > 0; mask /= 2) {
      total = k.add(total, k.shuffleXor(total, mask));
    }
    return total;
  }

  private static B64 warpMaxU(KernelBuilder k, B64 value) {
    B64 greatest = value;
    for (int mask = 16; mask > 0; mask /= 2) {
      B64 other = k.shuffleXor(greatest, mask);
      Pred more = k.gtU(other, greatest);
      greatest = k.select(more, other, greatest);
    }
    return greatest;
  }
}
