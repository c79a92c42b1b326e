package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.isa.Reg;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import dev.lathe.codegen.tile.MmaFragment;
import java.util.List;

/// `ldmatrix`, `stmatrix` and `mma.sync` m16n8k16 with 16-bit factors.
final class MatrixActions {
  private MatrixActions() {}

  static Action decode(Instr instr) {
    Opcode opcode = instr.opcode();
    Action action =
        switch (opcode.stem()) {
          case "ldmatrix" -> (warp, mask) -> load(instr, warp);
          case "stmatrix" -> (warp, mask) -> store(instr, warp);
          case "mma" -> multiply(instr);
          default -> throw new IllegalStateException("the simulator has no " + opcode.mnemonic());
        };
    return (warp, mask) -> {
      if (mask != Warp.ALL) {
        throw new IllegalStateException("a matrix instruction in divergent code");
      }
      action.run(warp, mask);
    };
  }

  /// Address of element (row, column) of an 8x8 matrix: lane 8 matrix + row names the row.
  private static long address(Warp warp, Operand rows, int matrix, int row, int column) {
    long first = warp.get(rows, 8 * matrix + row, 64);
    if (first % 16 != 0) {
      throw new IllegalStateException("a matrix row that is not aligned to 16 bytes");
    }
    return first + 2L * column;
  }

  private static void load(Instr instr, Warp warp) {
    boolean transposed = instr.opcode().has("trans");
    List<? extends Operand> targets = ((Vector) instr.operands().get(0)).elements();
    Operand rows = instr.operands().get(1);
    for (int matrix = 0; matrix < targets.size(); matrix++) {
      long[] words = new long[Warp.LANES];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int half = 0; half < 2; half++) {
          int major = lane / 4;
          int minor = 2 * (lane % 4) + half;
          long at =
              transposed
                  ? address(warp, rows, matrix, minor, major)
                  : address(warp, rows, matrix, major, minor);
          words[lane] |= warp.block.shared.read(at, 2, warp, lane) << (16 * half);
        }
      }
      for (int lane = 0; lane < Warp.LANES; lane++) {
        warp.set((Reg) targets.get(matrix), lane, words[lane]);
      }
    }
  }

  private static void store(Instr instr, Warp warp) {
    boolean transposed = instr.opcode().has("trans");
    Operand rows = instr.operands().get(0);
    List<? extends Operand> sources = ((Vector) instr.operands().get(1)).elements();
    for (int matrix = 0; matrix < sources.size(); matrix++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        long word = warp.get(sources.get(matrix), lane, 32);
        for (int half = 0; half < 2; half++) {
          int major = lane / 4;
          int minor = 2 * (lane % 4) + half;
          long at =
              transposed
                  ? address(warp, rows, matrix, minor, major)
                  : address(warp, rows, matrix, major, minor);
          warp.block.shared.write(at, 2, word >>> (16 * half) & 0xFFFF, warp, lane);
        }
      }
    }
  }

  private static Action multiply(Instr instr) {
    boolean bfloat = instr.opcode().has("bf16");
    if (!instr.opcode().has("m16n8k16")) {
      throw new IllegalStateException("the simulator has no " + instr.opcode().mnemonic());
    }
    List<Operand> operands = instr.operands();
    return (warp, mask) -> {
      float[][] a = factor(warp, operands.get(1), MmaFragment.A, bfloat);
      float[][] b = factor(warp, operands.get(2), MmaFragment.B, bfloat);
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int i = 0; i < 4; i++) {
          int row = MmaFragment.C.row(lane, i);
          int column = MmaFragment.C.column(lane, i);
          Operand from = ((Vector) operands.get(3)).elements().get(i);
          double sum = FloatFunctions.f(warp.get(from, lane, 32));
          for (int k = 0; k < 16; k++) {
            sum += (double) a[row][k] * b[k][column];
          }
          Reg to = (Reg) ((Vector) operands.get(0)).elements().get(i);
          warp.set(to, lane, FloatFunctions.bits(sum));
        }
      }
    };
  }

  static float[][] factor(Warp warp, Operand operand, MmaFragment fragment, boolean bfloat) {
    float[][] matrix = new float[fragment.rows()][fragment.columns()];
    List<? extends Operand> words = ((Vector) operand).elements();
    for (int lane = 0; lane < Warp.LANES; lane++) {
      for (int i = 0; i < fragment.elements(); i++) {
        long word = warp.get(words.get(i / 2), lane, 32);
        matrix[fragment.row(lane, i)][fragment.column(lane, i)] =
            HalfFunctions.widen(word >>> (16 * (i % 2)) & 0xFFFF, bfloat);
      }
    }
    return matrix;
  }
}
