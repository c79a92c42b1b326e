package dev.lathe.codegen.tile;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;

/// Prefix sums of 64-bit integers over the threads of a block. Every thread calls.
public final class BlockScan {
  private final KernelBuilder k;
  private final SharedRegion totals;

  /// Takes 256 bytes of shared memory.
  public BlockScan(KernelBuilder k) {
    this.k = k;
    this.totals = k.shared("warp totals", 256, 8);
  }

  /// The sum of the values of all threads before this one.
  public B64 exclusive(B64 value) {
    B32 lane = k.laneIndex();
    B64 inclusive = warpInclusive(k, value, lane);
    B64 before = k.sub(inclusive, value);
    if (k.threads() == 32) {
      return before;
    }
    B32 base = k.addressOf(totals);
    B32 warp = k.warpIndex();
    k.ifThen(k.eq(lane, 31), () -> k.store(k.at(k.mad(warp, 8, base)), inclusive));
    k.blockBarrier();
    B64 total = k.constant64(0);
    k.ifThen(k.lt(lane, k.threads() / 32), () -> k.loadTo(total, k.at(k.mad(lane, 8, base))));
    k.blockBarrier();
    B64 warpsBefore = k.sub(warpInclusive(k, total, lane), total);
    return k.add(before, fromLane(warpsBefore, warp));
  }

  /// The sum of the values of the lanes up to this one.
  public static B64 warpInclusive(KernelBuilder k, B64 value, B32 lane) {
    B64 sum = value;
    for (int distance = 1; distance < 32; distance *= 2) {
      B64 left = k.shuffleUp(sum, distance);
      sum = k.add(sum, k.select(k.ge(lane, distance), left, k.constant64(0)));
    }
    return sum;
  }

  /// The sum of the values of the lanes up to this one.
  public static B32 warpInclusive(KernelBuilder k, B32 value, B32 lane) {
    B32 sum = value;
    for (int distance = 1; distance < 32; distance *= 2) {
      B32 left = k.shuffleUp(sum, distance);
      sum = k.add(sum, k.select(k.ge(lane, distance), left, k.constant(0)));
    }
    return sum;
  }

  private B64 fromLane(B64 value, B32 lane) {
    return k.join(k.shuffleFrom(k.low(value), lane), k.shuffleFrom(k.high(value), lane));
  }
}
