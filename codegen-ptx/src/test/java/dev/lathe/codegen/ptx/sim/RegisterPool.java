package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import java.util.Arrays;

/// Registers of a block as its warps share them by `setmaxnreg`: each thread starts with an equal
/// part of the multiprocessor's, in whole eights. A warp that wants more than others gave back
/// waits, maybe for ever.
final class RegisterPool {
  private static final int MULTIPROCESSOR = 65536;
  private static final int MOST = 248;

  /// Registers of a thread of each warp.
  private final int[] held;

  /// What warps gave back, in registers of a warp's thread.
  private int free;

  RegisterPool(Kernel kernel, int warps) {
    int blocks = kernel.limits().blocksPerSm().orElse(1);
    int each = Math.min(MOST, MULTIPROCESSOR / (blocks * kernel.threads()) / 8 * 8);
    held = new int[warps];
    Arrays.fill(held, kernel.limits().maxRegisters().orElse(each));
  }

  static Action decode(Instr instr) {
    int count = (int) ((IntImmediate) instr.operands().getFirst()).value();
    boolean claims = instr.opcode().has("inc");
    return (warp, mask) -> {
      RegisterPool pool = warp.block.registers;
      int more = count - pool.held[warp.index];
      if (claims ? more < 0 : more > 0) {
        throw new IllegalStateException(instr.text() + " with " + pool.held[warp.index]);
      }
      warp.block.await(warp, instr.text(), () -> more <= pool.free);
      pool.free -= more;
      pool.held[warp.index] = count;
    };
  }
}
