package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import java.util.function.IntConsumer;

/// Named barriers of the warpgroups that compute, if they take turns: one for each, at which it
/// waits until the warpgroup before passes the turn on.
final class WarpgroupTurns {
  private final KernelBuilder k;
  private final WgmmaAttentionConfig config;
  private final B32 warpgroup;

  WarpgroupTurns(KernelBuilder k, WgmmaAttentionConfig config, B32 warpgroup) {
    this.k = k;
    this.config = config;
    this.warpgroup = warpgroup;
  }

  /// The first turn is the first warpgroup's. To be called once, before all others.
  void begin() {
    if (config.turns()) {
      int last = config.warpgroups() - 1;
      k.when(k.eq(warpgroup, last), () -> k.barrierArrive(turn(0), threads()));
    }
  }

  /// Waits for this warpgroup's turn.
  void await() {
    if (config.turns()) {
      each(i -> k.barrier(turn(i), threads()));
    }
  }

  /// Passes the turn on.
  void pass() {
    if (config.turns()) {
      each(i -> k.barrierArrive(turn((i + 1) % config.warpgroups()), threads()));
    }
  }

  private int turn(int warpgroupIndex) {
    return 1 + warpgroupIndex;
  }

  /// Those who pass a turn, and those who take it.
  private static int threads() {
    return 2 * WgmmaAttentionConfig.WARPGROUP_THREADS;
  }

  /// Barriers have constant numbers: each warpgroup executes its own instruction.
  private void each(IntConsumer body) {
    for (int i = 0; i < config.warpgroups(); i++) {
      int index = i;
      k.when(k.eq(warpgroup, i), () -> body.accept(index));
    }
  }
}
