package dev.lathe.codegen.ptx.sim;

import static dev.lathe.codegen.ptx.sim.Instructions.eachLane;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.isa.PtxType;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.List;
import java.util.function.LongUnaryOperator;

/// Loads, stores and atomics.
final class MemoryActions {
  private MemoryActions() {}

  static Action decode(Instr instr) {
    return switch (instr.opcode().stem()) {
      case "ld" -> load(instr);
      case "st" -> store(instr);
      case "atom", "red" -> atomic(instr);
      case "createpolicy", "prefetch" -> (warp, mask) -> {};
      default ->
          throw new IllegalStateException("the simulator has no " + instr.opcode().mnemonic());
    };
  }

  private static PtxType type(Opcode opcode) {
    return PtxType.parse(opcode.mnemonic().substring(opcode.mnemonic().lastIndexOf('.') + 1));
  }

  private static List<? extends Operand> elements(Operand operand) {
    return operand instanceof Vector(var elements) ? elements : List.of(operand);
  }

  static long aligned(long address, int bytes) {
    if (address % bytes != 0) {
      throw new IllegalStateException(
          "address " + Long.toHexString(address) + " is not aligned to " + bytes + " bytes");
    }
    return address;
  }

  private static Action load(Instr instr) {
    if (instr.opcode().has("shared::cluster")) {
      return loadFromCluster(instr);
    }
    PtxType type = type(instr.opcode());
    List<? extends Operand> targets = elements(instr.operands().get(0));
    Operand address = instr.operands().get(1);
    int bytes = type.bits() / 8;
    boolean signed = type.name().startsWith("S");
    boolean shared = instr.opcode().has("shared");
    boolean parameter = instr.opcode().has("param");
    boolean constant = instr.opcode().has("nc");
    boolean ordered = instr.opcode().has("relaxed") || instr.opcode().has("acquire");
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long first = warp.get(address, lane, 64);
              if (parameter) {
                warp.set((Reg) targets.getFirst(), lane, first);
                return;
              }
              aligned(first, bytes * targets.size());
              if (constant || ordered) {
                warp.block.earlyStart.check(warp, first, (long) bytes * targets.size());
              }
              for (int i = 0; i < targets.size(); i++) {
                long at = first + (long) i * bytes;
                long value =
                    constant
                        ? warp.block.global.readConstant(at, bytes)
                        : ordered
                            ? warp.block.global.read(at, bytes)
                            : read(warp, lane, shared, at, bytes);
                warp.set(
                    (Reg) targets.get(i),
                    lane,
                    signed ? IntegerFunctions.s(value, type.bits()) : value);
              }
            });
  }

  /// A read of shared memory of a block of the cluster.
  private static Action loadFromCluster(Instr instr) {
    int bytes = type(instr.opcode()).bits() / 8;
    List<? extends Operand> targets = elements(instr.operands().get(0));
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long first = warp.get(instr.operands().get(1), lane, 64);
              SharedMemory memory = warp.block.cluster.block(first, warp.block).shared;
              long local = aligned(Cluster.local(first), bytes * targets.size());
              for (int i = 0; i < targets.size(); i++) {
                long value = memory.read(local + (long) i * bytes, bytes, warp, lane);
                warp.set((Reg) targets.get(i), lane, value);
              }
            });
  }

  private static Action storeToCluster(Instr instr) {
    PtxType type = type(instr.opcode());
    int bytes = type.bits() / 8;
    List<? extends Operand> sources = elements(instr.operands().get(1));
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long first = warp.get(instr.operands().get(0), lane, 64);
              SharedMemory memory = warp.block.cluster.block(first, warp.block).shared;
              long local = aligned(Cluster.local(first), bytes * sources.size());
              for (int i = 0; i < sources.size(); i++) {
                long value = warp.get(sources.get(i), lane, type.bits());
                memory.write(local + (long) i * bytes, bytes, value, warp, lane);
              }
            });
  }

  private static Action store(Instr instr) {
    if (instr.opcode().has("shared::cluster")) {
      return storeToCluster(instr);
    }
    PtxType type = type(instr.opcode());
    Operand address = instr.operands().get(0);
    List<? extends Operand> sources = elements(instr.operands().get(1));
    int bytes = type.bits() / 8;
    boolean shared = instr.opcode().has("shared");
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long first = aligned(warp.get(address, lane, 64), bytes * sources.size());
              for (int i = 0; i < sources.size(); i++) {
                long value = warp.get(sources.get(i), lane, type.bits());
                write(warp, lane, shared, first + (long) i * bytes, bytes, value);
              }
            });
  }

  static long read(Warp warp, int lane, boolean shared, long address, int bytes) {
    if (shared) {
      return warp.block.shared.read(address, bytes, warp, lane);
    }
    warp.block.earlyStart.check(warp, address, bytes);
    return warp.block.global.read(address, bytes, warp.block.number);
  }

  static void write(Warp warp, int lane, boolean shared, long address, int bytes, long value) {
    if (shared) {
      warp.block.shared.write(address, bytes, value, warp, lane);
    } else {
      warp.block.earlyStart.check(warp, address, bytes);
      warp.block.global.write(address, bytes, value, warp.block.number);
    }
  }

  /// A change in one step; the old value.
  private static long change(
      Warp warp, int lane, boolean shared, long address, int bytes, LongUnaryOperator operator) {
    if (shared) {
      return warp.block.shared.change(address, bytes, operator, warp, lane);
    }
    warp.block.earlyStart.check(warp, address, bytes);
    long old = warp.block.global.read(address, bytes);
    warp.block.global.write(address, bytes, operator.applyAsLong(old));
    return old;
  }

  private static Action atomic(Instr instr) {
    Opcode opcode = instr.opcode();
    PtxType type = type(opcode);
    int offset = opcode.stem().equals("atom") ? 1 : 0;
    Operand address = instr.operands().get(offset);
    List<? extends Operand> values = elements(instr.operands().get(offset + 1));
    boolean shared = opcode.has("shared");
    int bytes = type.bits() / 8;
    LaneFunction function = atomicFunction(opcode, type);
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long first = aligned(warp.get(address, lane, 64), bytes * values.size());
              for (int i = 0; i < values.size(); i++) {
                long at = first + (long) i * bytes;
                long value = warp.get(values.get(i), lane, type.bits());
                long other =
                    instr.operands().size() > offset + 2
                        ? warp.get(instr.operands().get(offset + 2), lane, type.bits())
                        : 0;
                long old =
                    change(warp, lane, shared, at, bytes, o -> function.apply(o, value, other));
                if (offset == 1) {
                  warp.set((Reg) instr.operands().getFirst(), lane, old);
                }
              }
            });
  }

  private static LaneFunction atomicFunction(Opcode opcode, PtxType type) {
    boolean signed = type.name().startsWith("S");
    if (opcode.has("cas")) {
      return (old, expected, value) -> old == expected ? value : old;
    }
    if (opcode.has("exch")) {
      return (old, value, c) -> value;
    }
    if (opcode.has("inc")) {
      return (old, limit, c) -> Long.compareUnsigned(old, limit) >= 0 ? 0 : old + 1;
    }
    if (opcode.has("min")) {
      return (a, b, c) -> IntegerFunctions.compare(a, b, type.bits(), signed) <= 0 ? a : b;
    }
    if (opcode.has("max")) {
      return (a, b, c) -> IntegerFunctions.compare(a, b, type.bits(), signed) >= 0 ? a : b;
    }
    if (opcode.has("and") || opcode.has("or") || opcode.has("xor")) {
      return opcode.has("and")
          ? (a, b, c) -> a & b
          : opcode.has("or") ? (a, b, c) -> a | b : (a, b, c) -> a ^ b;
    }
    return type == PtxType.F32
        ? (a, b, c) -> FloatFunctions.bits(FloatFunctions.f(a) + FloatFunctions.f(b))
        : (a, b, c) -> a + b;
  }
}
