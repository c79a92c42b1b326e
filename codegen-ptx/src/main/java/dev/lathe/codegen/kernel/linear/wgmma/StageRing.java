package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;

/// Stages in shared memory that one thread fills, perhaps with some warps beside it, and warps
/// empty, one after the other. A stage has the weight rows of each of its blocks of k, then their
/// tokens; all K-major, 128-byte swizzled.
///
/// Each stage has two barriers: `full` completes when all bytes are there and all warps that fill
/// arrived, `empty` when each warp that reads the stage arrived; where blocks bring bytes for one
/// another, the warps of both.
final class StageRing {
  /// Shared memory of a stage's barriers.
  static final int BARRIER_BYTES = 16;

  private static final int EMPTY = 8;
  private static final int ALIGNMENT = 1024;

  private final KernelBuilder k;
  private final WgmmaConfig config;
  private final int fillers;
  private final B32 barriers;

  /// The address of stage 0.
  final B32 tiles;

  StageRing(KernelBuilder k, WgmmaConfig config) {
    this(k, config, 0);
  }

  /// @param warps that fill stages besides the thread that has copies report to their barriers
  StageRing(KernelBuilder k, WgmmaConfig config, int warps) {
    this.k = k;
    this.config = config;
    this.fillers = 1 + warps;
    SharedRegion stages = k.shared("stages", config.stages() * config.stageBytes(), ALIGNMENT);
    this.tiles = k.addressOf(stages);
    this.barriers = k.addressOf(k.shared("barriers", config.stages() * BARRIER_BYTES, 8));
  }

  /// Makes the barriers; one thread.
  void init() {
    int warps = config.rowParts() * WgmmaConfig.WARPGROUP / 32;
    for (int stage = 0; stage < config.stages(); stage++) {
      k.initBarrier(k.at(barriers, stage * BARRIER_BYTES), fillers);
      k.initBarrier(k.at(barriers, stage * BARRIER_BYTES + EMPTY), warps * config.sharers());
    }
    k.fenceBarrierInit();
  }

  /// Where the weight rows of a block of k begin in a stage.
  int weightOffset(int block) {
    return block * config.weightBytes();
  }

  /// Where the tokens of a block of k begin in a stage.
  int tokenOffset(int block) {
    return config.depth() * config.weightBytes() + block * config.tokenBytes();
  }

  Address full(int stage) {
    return k.at(barriers, stage * BARRIER_BYTES);
  }

  /// Gives a stage back: one lane of each warp.
  ///
  /// @param empty from [Cursor#emptyBarrier]
  void release(Pred lane, B32 empty) {
    if (config.sharers() == 1) {
      k.when(lane, () -> k.arrive(k.at(empty)));
      return;
    }
    for (int rank = 0; rank < config.sharers(); rank++) {
      Address barrier = k.at(k.inBlock(empty, k.constant(rank)));
      k.when(lane, () -> k.arriveInCluster(barrier));
    }
  }

  /// A place in the ring, as it was passed `passed` times; at least 0.
  Cursor cursor(int passed) {
    B32 stage = k.constant(passed % config.stages());
    B32 parity = k.constant(passed / config.stages() % 2);
    return new Cursor(stage, parity);
  }

  /// Where one thread is: registers that change.
  final class Cursor {
    private final B32 stage;
    private final B32 parity;

    private Cursor(B32 stage, B32 parity) {
      this.stage = stage;
      this.parity = parity;
    }

    private B32 barrier() {
      return k.mad(stage, BARRIER_BYTES, barriers);
    }

    /// `base` plus `step` for each stage before this one.
    B32 offset(B32 base, int step) {
      return k.mad(stage, step, base);
    }

    /// The address of the stage.
    B32 address() {
      return offset(tiles, config.stageBytes());
    }

    Address full() {
      return k.at(barrier());
    }

    /// Waits until the stage is full.
    void awaitFull() {
      k.awaitPhase(full(), parity);
    }

    /// Waits until the consumers are done with what was in the stage.
    void awaitEmpty() {
      k.awaitPhase(k.at(barrier(), EMPTY), k.xor(parity, 1));
    }

    /// The address of the barrier that tells that the stage is empty.
    B32 emptyBarrier() {
      return k.add(barrier(), EMPTY);
    }

    /// Waits until the consumers are done with all stages, of which none is filled any more.
    void awaitAllEmpty() {
      B32 waited = k.constant(0);
      k.repeatWhile(() -> {
        awaitEmpty();
        advance();
        k.addTo(waited, 1);
        return k.lt(waited, config.stages());
      });
    }

    /// Goes past stages that another warpgroup empties.
    void skip(int stages) {
      k.addTo(stage, stages % config.stages());
      Pred wraps = k.ge(stage, config.stages());
      boolean odd = stages / config.stages() % 2 == 1;
      k.when(wraps, () -> k.addTo(stage, -config.stages()));
      k.assign(parity, k.xor(parity, k.select(wraps, odd ? 0 : 1, odd ? 1 : 0)));
    }

    void advance() {
      k.addTo(stage, 1);
      Pred wraps = k.eq(stage, config.stages());
      k.when(
          wraps,
          () -> {
            k.assign(stage, 0);
            k.emit("xor.b32", parity, parity, Operand.imm(1));
          });
    }
  }
}
