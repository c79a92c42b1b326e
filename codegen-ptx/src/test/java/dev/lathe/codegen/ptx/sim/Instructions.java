package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.isa.PtxType;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.isa.Slot;
import java.util.List;

/// Turns instructions into what the simulator does for them.
final class Instructions {
  private Instructions() {}

  /// The effect of an instruction on the lanes of a mask.
  @FunctionalInterface
  interface Action {
    void run(Warp warp, int mask);
  }

  static Action decode(Instr instr) {
    return switch (instr.opcode().stem()) {
      case "ld", "st", "atom", "red", "prefetch", "createpolicy" -> MemoryActions.decode(instr);
      case "cp", "mbarrier" -> AsyncActions.decode(instr);
      case "shfl", "vote", "redux", "bar", "elect", "match", "activemask" ->
          WarpActions.decode(instr);
      case "barrier", "mapa" -> ClusterActions.decode(instr);
      case "ldmatrix", "stmatrix", "mma", "movmatrix" -> MatrixActions.decode(instr);
      case "wgmma" -> WgmmaActions.decode(instr);
      case "fence" -> fence(instr);
      case "griddepcontrol" -> dependency(instr);
      case "membar", "nanosleep" -> (warp, mask) -> {};
      case "setmaxnreg" -> RegisterPool.decode(instr);
      case "exit" -> (warp, mask) -> {};
      case "trap" ->
          (warp, mask) -> {
            throw new IllegalStateException("trap");
          };
      default -> arithmetic(instr);
    };
  }

  private static Action fence(Instr instr) {
    int fences = instr.opcode().has("async") ? 1 : 0;
    return (warp, mask) -> warp.block.cluster.asyncFences[warp.number] += fences;
  }

  private static Action dependency(Instr instr) {
    return instr.opcode().has("wait")
        ? (warp, mask) -> warp.block.earlyStart.waited(warp)
        : (warp, mask) -> {};
  }

  private static Action arithmetic(Instr instr) {
    List<Operand> operands = instr.operands();
    if (operands.stream().anyMatch(Vector.class::isInstance)) {
      return packing(instr);
    }
    LaneFunction function = function(instr);
    Reg target = (Reg) operands.getFirst();
    Operand zero = Operand.imm(0);
    Operand a = operands.size() > 1 ? operands.get(1) : zero;
    Operand b = operands.size() > 2 ? operands.get(2) : zero;
    Operand c = operands.size() > 3 ? operands.get(3) : zero;
    int[] bits = {bits(instr, 1), bits(instr, 2), bits(instr, 3)};
    return (warp, mask) -> {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((mask >>> lane & 1) != 0) {
          long x = warp.get(a, lane, bits[0]);
          long y = warp.get(b, lane, bits[1]);
          warp.set(target, lane, function.apply(x, y, warp.get(c, lane, bits[2])));
        }
      }
    };
  }

  private static int bits(Instr instr, int slot) {
    List<Slot> slots = instr.opcode().slots();
    return slot < slots.size() ? slots.get(slot).type().bits() : 64;
  }

  private static LaneFunction function(Instr instr) {
    Opcode opcode = instr.opcode();
    String mnemonic = opcode.mnemonic();
    String last = mnemonic.substring(mnemonic.lastIndexOf('.') + 1);
    PtxType type = PtxType.parse(last);
    boolean isFloat = type == PtxType.F32;
    return switch (opcode.stem()) {
      case "setp" -> {
        LaneFunction compare =
            isFloat ? FloatFunctions.comparison(opcode) : IntegerFunctions.comparison(opcode, type);
        yield opcode.has("and")
            ? (a, b, c) -> compare.apply(a, b, 0) & c
            : opcode.has("or") ? (a, b, c) -> compare.apply(a, b, 0) | c : compare;
      }
      case "cvt" ->
          mnemonic.contains("f")
              ? FloatFunctions.conversion(opcode)
              : IntegerFunctions.of(opcode, type);
      case "lop3" ->
          IntegerFunctions.lop3((int) ((IntImmediate) instr.operands().getLast()).value());
      default ->
          isFloat
              ? FloatFunctions.of(opcode)
              : isHalf(type) ? HalfFunctions.of(opcode, type) : IntegerFunctions.of(opcode, type);
    };
  }

  private static boolean isHalf(PtxType type) {
    return switch (type) {
      case F16, BF16, F16X2, BF16X2 -> true;
      default -> false;
    };
  }

  /// `mov` between one register and a vector of halves of it.
  private static Action packing(Instr instr) {
    Operand to = instr.operands().get(0);
    Operand from = instr.operands().get(1);
    if (to instanceof Vector(var parts)) {
      int bits = instr.opcode().slots().get(0).type().bits();
      return (warp, mask) ->
          eachLane(
              mask,
              lane -> {
                long value = warp.get(from, lane, 64);
                for (int i = 0; i < parts.size(); i++) {
                  warp.set((Reg) parts.get(i), lane, value >>> (bits * i));
                }
              });
    }
    List<? extends Operand> parts = ((Vector) from).elements();
    int bits = instr.opcode().slots().get(1).type().bits();
    return (warp, mask) ->
        eachLane(
            mask,
            lane -> {
              long value = 0;
              for (int i = 0; i < parts.size(); i++) {
                value |= warp.get(parts.get(i), lane, bits) << (bits * i);
              }
              warp.set((Reg) to, lane, value);
            });
  }

  static void eachLane(int mask, java.util.function.IntConsumer body) {
    for (int lane = 0; lane < Warp.LANES; lane++) {
      if ((mask >>> lane & 1) != 0) {
        body.accept(lane);
      }
    }
  }
}
