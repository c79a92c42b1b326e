package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;

/// One of the warpgroups that multiply, as its threads see it.
final class Warpgroup {
  private final KernelBuilder k;
  private final WgmmaConfig config;

  /// Which one of the block's; the same in all lanes.
  final B32 index;

  /// This thread, counted in the warpgroup.
  final B32 thread;

  /// The warp of this thread, counted in the warpgroup.
  final B32 warp;

  /// True in one thread of the warpgroup.
  final Pred leader;

  /// True in one thread of each warp.
  final Pred firstLane;

  /// True in the first warpgroup.
  final Pred first;

  /// @param warp of the block; the same in all lanes
  Warpgroup(KernelBuilder k, WgmmaConfig config, B32 warp) {
    this.k = k;
    this.config = config;
    this.index = k.shr(warp, 2);
    this.thread = k.and(k.threadIndex(), WgmmaConfig.WARPGROUP - 1);
    this.warp = k.shr(thread, 5);
    this.leader = k.eq(thread, 0);
    this.firstLane = k.eq(k.laneIndex(), 0);
    this.first = k.eq(index, 0);
  }

  /// Where what each warpgroup has for itself begins.
  ///
  /// @param bytes of one
  /// @param all where those of all begin
  B32 own(int bytes, B32 all) {
    return k.mad(index, bytes, all);
  }

  /// Where its part of a tile begins.
  ///
  /// @param lines of a part: rows, columns, bytes
  /// @param tile where the tile begins
  B32 part(int lines, B32 tile) {
    return config.rowParts() == 1 ? tile : k.mad(index, lines, tile);
  }

  /// Waits for its other warps. Each warpgroup has a barrier, whose number is a constant.
  void await() {
    k.when(first, () -> k.barrier(1, WgmmaConfig.WARPGROUP));
    if (config.warpgroups() > 1) {
      k.unless(first, () -> k.barrier(2, WgmmaConfig.WARPGROUP));
    }
  }

  /// Waits for all warpgroups that multiply.
  void awaitAll() {
    k.barrier(1, config.warpgroups() * WgmmaConfig.WARPGROUP);
  }
}
