package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Reg;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Registers of 32 threads, and what they have under way.
final class Warp {
  static final int LANES = 32;
  static final int ALL = -1;

  private final long[][] preds;
  private final long[][] halves;
  private final long[][] words;
  private final long[][] longs;
  private final long[][] floats;

  final Block block;

  /// Number in the block.
  final int index;

  /// Number in the cluster: whose clock this is.
  final int number;

  /// What is known to have happened, for races.
  final Clock clock;

  /// Lanes that have ended.
  int exited;

  /// Lanes that left the loops around the current statement, the innermost first.
  final Deque<int[]> broken = new ArrayDeque<>();

  /// Asynchronous copies that this warp began and did not wait for, oldest group first; the last is
  /// the open one.
  final Deque<List<Runnable>> copies = new ArrayDeque<>();

  /// Bulk copies to global memory that this warp began and did not wait for, as [#copies].
  final Deque<List<Runnable>> bulkStores = new ArrayDeque<>();

  /// Matrix products that this warp began and did not wait for.
  final PendingProducts products = new PendingProducts();

  /// Generation of the cluster's barrier at which this warp arrived.
  int clusterGeneration;

  Warp(Block block, int index, Kernel kernel) {
    this.block = block;
    this.index = index;
    this.number = block.rank * block.warps() + index;
    this.clock = new Clock(block.clockWarps());
    clock.tick(number);
    List<Integer> counts = kernel.registers();
    preds = new long[counts.get(0)][LANES];
    halves = new long[counts.get(1)][LANES];
    words = new long[counts.get(2)][LANES];
    longs = new long[counts.get(3)][LANES];
    floats = new long[counts.get(4)][LANES];
    copies.add(new ArrayList<>());
    bulkStores.add(new ArrayList<>());
  }

  /// The 32 values of a register.
  long[] values(Reg register) {
    return switch (register) {
      case Pred(int i) -> preds[i];
      case B16(int i) -> halves[i];
      case B32(int i) -> words[i];
      case B64(int i) -> longs[i];
      case F32(int i) -> floats[i];
    };
  }

  void set(Reg register, int lane, long value) {
    values(register)[lane] =
        switch (register) {
          case Pred _ -> value & 1;
          case B16 _ -> value & 0xFFFF;
          case B32 _, F32 _ -> value & 0xFFFFFFFFL;
          case B64 _ -> value;
        };
  }

  /// The value of a source operand in one lane, in `bits` bits.
  long get(Operand operand, int lane, int bits) {
    return switch (operand) {
      case Reg register -> values(register)[lane];
      case Operand.IntImmediate(long value) -> value & (-1L >>> (64 - bits));
      case Operand.FloatImmediate(float value) -> FloatFunctions.bits(value);
      case Operand.Special(String name) -> block.special(name, index * LANES + lane);
      case Operand.Symbol(String name) ->
          name.equals("smem") ? SharedMemory.BASE : block.argument(name);
      case Operand.Address(Operand base, int offset) -> get(base, lane, 64) + offset;
      case Operand.TensorAddress _, Operand.Vector _, Operand.Pair _, Operand.Sink _ ->
          throw new IllegalStateException(operand.text() + " is no value");
    };
  }

  /// Lanes of `mask` where the predicate has the given value.
  int lanes(Pred predicate, boolean value, int mask) {
    int holds = 0;
    long[] values = values(predicate);
    for (int lane = 0; lane < LANES; lane++) {
      if (values[lane] != 0) {
        holds |= 1 << lane;
      }
    }
    return mask & (value ? holds : ~holds);
  }

  /// Makes all that this warp did known to whoever joins the clock.
  void release(Clock into) {
    clock.tick(number);
    into.join(clock);
  }

  /// Checks, at the end of the program, that this warp waited for what it began.
  void checkNothingPending() {
    if (bulkStores.stream().anyMatch(group -> !group.isEmpty())) {
      throw new IllegalStateException("ends with copies to global memory under way");
    }
    if (!products.isEmpty()) {
      throw new IllegalStateException("ends with matrix products under way");
    }
  }
}
