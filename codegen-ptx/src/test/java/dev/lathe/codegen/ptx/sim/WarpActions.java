package dev.lathe.codegen.ptx.sim;

import static dev.lathe.codegen.ptx.sim.Instructions.eachLane;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Operand.Pair;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.sim.Block.NamedBarrier;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.List;
import java.util.function.LongBinaryOperator;

/// Shuffles, votes, barriers: all lanes take part, or the run ends.
final class WarpActions {
  private WarpActions() {}

  static Action decode(Instr instr) {
    Action action =
        switch (instr.opcode().stem()) {
          case "shfl" -> shuffle(instr);
          case "vote" -> vote(instr);
          case "redux" -> reduce(instr);
          case "bar" -> barrier(instr);
          case "elect" -> elect(instr);
          default ->
              throw new IllegalStateException("the simulator has no " + instr.opcode().mnemonic());
        };
    return (warp, mask) -> {
      if (mask != Warp.ALL && (mask != ~warp.exited || !instr.opcode().stem().equals("bar"))) {
        throw new IllegalStateException("not all lanes arrive, only " + Integer.toHexString(mask));
      }
      action.run(warp, mask);
    };
  }

  private static Action shuffle(Instr instr) {
    Opcode opcode = instr.opcode();
    List<Operand> operands = instr.operands();
    return (warp, mask) -> {
      long[] values = new long[Warp.LANES];
      eachLane(mask, lane -> values[lane] = warp.get(operands.get(1), lane, 32));
      eachLane(
          mask,
          lane -> {
            int b = (int) warp.get(operands.get(2), lane, 32);
            int clamp = (int) warp.get(operands.get(3), lane, 32);
            warp.set((Reg) operands.getFirst(), lane, values[source(opcode, lane, b, clamp)]);
          });
    };
  }

  /// PTX ISA 9.7.9.6: segments by the high bits of the clamp operand.
  private static int source(Opcode opcode, int lane, int b, int clampAndSegment) {
    int segment = clampAndSegment >>> 8 & 31;
    int clamp = clampAndSegment & 31;
    int max = (lane & segment) | (clamp & ~segment);
    int min = lane & segment;
    int source;
    boolean valid;
    if (opcode.has("up")) {
      source = lane - (b & 31);
      valid = source >= max;
    } else if (opcode.has("down")) {
      source = lane + (b & 31);
      valid = source <= max;
    } else if (opcode.has("bfly")) {
      source = lane ^ (b & 31);
      valid = source <= max;
    } else {
      source = min | (b & 31 & ~segment);
      valid = source <= max;
    }
    return valid ? source : lane;
  }

  private static Action vote(Instr instr) {
    Opcode opcode = instr.opcode();
    Reg target = (Reg) instr.operands().get(0);
    Pred predicate = (Pred) instr.operands().get(1);
    return (warp, mask) -> {
      int ballot = warp.lanes(predicate, true, mask);
      long result =
          opcode.has("ballot")
              ? ballot
              : opcode.has("any")
                  ? (ballot != 0 ? 1 : 0)
                  : opcode.has("all")
                      ? (ballot == mask ? 1 : 0)
                      : (ballot == mask || ballot == 0 ? 1 : 0);
      eachLane(mask, lane -> warp.set(target, lane, result));
    };
  }

  private static Action reduce(Instr instr) {
    Opcode opcode = instr.opcode();
    boolean signed = opcode.has("s32");
    LongBinaryOperator operator =
        opcode.has("add")
            ? Long::sum
            : opcode.has("min")
                ? (a, b) -> IntegerFunctions.compare(a, b, 32, signed) <= 0 ? a : b
                : opcode.has("max")
                    ? (a, b) -> IntegerFunctions.compare(a, b, 32, signed) >= 0 ? a : b
                    : opcode.has("and")
                        ? (a, b) -> a & b
                        : opcode.has("or") ? (a, b) -> a | b : (a, b) -> a ^ b;
    return (warp, mask) -> {
      long result = warp.get(instr.operands().get(1), 0, 32);
      for (int lane = 1; lane < Warp.LANES; lane++) {
        result = operator.applyAsLong(result, warp.get(instr.operands().get(1), lane, 32));
      }
      long all = result;
      eachLane(mask, lane -> warp.set((Reg) instr.operands().getFirst(), lane, all));
    };
  }

  private static Action elect(Instr instr) {
    Pair pair = (Pair) instr.operands().getFirst();
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              warp.set(pair.register(), lane, 0);
              warp.set(pair.predicate(), lane, lane == 0 ? 1 : 0);
            });
  }

  private static Action barrier(Instr instr) {
    if (instr.opcode().has("warp")) {
      return (warp, mask) -> warp.clock.tick(warp.number);
    }
    int id = (int) ((IntImmediate) instr.operands().getFirst()).value();
    boolean counted = instr.operands().size() == 2;
    int count = counted ? (int) ((IntImmediate) instr.operands().get(1)).value() : 0;
    boolean waits = instr.opcode().has("sync");
    return (warp, mask) -> {
      NamedBarrier barrier =
          warp.block.barriers.computeIfAbsent(id, _ -> new NamedBarrier(warp.block.clockWarps()));
      barrier.arrived += counted ? Warp.LANES : Integer.bitCount(mask);
      warp.release(barrier.clock);
      int generation = barrier.generation;
      if (!waits) {
        release(barrier, count);
        return;
      }
      warp.block.await(
          warp,
          instr.text(),
          () -> {
            release(barrier, counted ? count : warp.block.liveThreads());
            return barrier.generation != generation;
          });
      warp.clock.join(barrier.clock);
    };
  }

  private static void release(NamedBarrier barrier, int expected) {
    if (barrier.arrived == expected) {
      barrier.arrived = 0;
      barrier.generation++;
    }
  }
}
