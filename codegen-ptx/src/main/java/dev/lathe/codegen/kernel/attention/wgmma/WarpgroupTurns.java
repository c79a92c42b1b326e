package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;

/// The order in which the warpgroups that compute begin their products, if they take turns: each
/// waits at a barrier of its own until all warps of the one before passed the turn on. (With named
/// barriers, whose numbers are constants, each warpgroup would need instructions of its own.)
final class WarpgroupTurns {
  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final Pred leader;
  private final B32 mine;
  private final B32 next;
  private final B32 phase;

  /// @param leader one lane of each warp
  WarpgroupTurns(
      KernelBuilder k,
      WgmmaAttentionConfig config,
      TileStorage storage,
      B32 warpgroup,
      Pred leader) {
    this.k = k;
    this.config = config;
    this.leader = leader;
    this.mine = storage.turn(warpgroup);
    Pred last = k.eq(warpgroup, config.warpgroups() - 1);
    this.next = storage.turn(k.select(last, k.constant(0), k.add(warpgroup, 1)));
    this.phase = k.select(k.eq(warpgroup, 0), 1, 0);
  }

  /// Waits for this warpgroup's turn; the first one is the first warpgroup's.
  void await() {
    if (config.turns()) {
      k.awaitPhase(k.at(mine), phase);
      k.assign(phase, k.xor(phase, 1));
    }
  }

  /// Passes the turn on.
  void pass() {
    if (config.turns()) {
      k.when(leader, () -> k.arrive(k.at(next)));
    }
  }
}
