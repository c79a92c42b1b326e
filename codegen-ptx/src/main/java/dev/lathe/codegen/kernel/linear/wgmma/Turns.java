package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;

/// The order of two warpgroups of which each has every other tile: one multiplies while the other
/// one takes its sums to memory.
///
/// Besides keeping the tensor cores to one of them, turns let a warpgroup trust the ring: a barrier
/// tells only whether a stage was filled an even or an odd number of times, and so nothing to a
/// warpgroup that comes before the other one has seen the stages before its own.
final class Turns {
  /// Shared memory of the barriers, one of each warpgroup.
  static final int BYTES = 16;

  private static final int BARRIER_BYTES = 8;

  private final KernelBuilder k;
  private final B32 barriers;

  Turns(KernelBuilder k) {
    this.k = k;
    this.barriers = k.addressOf(k.shared("turns", BYTES, BYTES));
  }

  /// Makes the barriers; one thread.
  void init() {
    int warps = WgmmaConfig.WARPGROUP / 32;
    for (int offset = 0; offset < BYTES; offset += BARRIER_BYTES) {
      k.initBarrier(k.at(barriers, offset), warps);
    }
    k.fenceBarrierInit();
  }

  /// The turns of one warpgroup.
  Own of(Warpgroup warpgroup) {
    return new Own(warpgroup);
  }

  /// What one warpgroup knows of them: its own are counted.
  final class Own {
    private final Warpgroup warpgroup;
    private final B32 mine;
    private final B32 others;
    private final B32 parity;

    private Own(Warpgroup warpgroup) {
      this.warpgroup = warpgroup;
      this.mine = warpgroup.own(BARRIER_BYTES, barriers);
      this.others = k.xor(mine, BARRIER_BYTES);
      // The first turn is the first warpgroup's, and nobody passes it on.
      this.parity = k.select(warpgroup.first, 1, 0);
    }

    void await() {
      k.awaitPhase(k.at(mine), parity);
      k.assign(parity, k.xor(parity, 1));
    }

    /// Passes the turn on.
    void pass() {
      k.when(warpgroup.firstLane, () -> k.arrive(k.at(others)));
    }
  }
}
