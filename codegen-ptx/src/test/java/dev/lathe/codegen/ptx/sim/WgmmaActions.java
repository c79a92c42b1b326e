package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.IntImmediate;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import dev.lathe.codegen.ptx.sim.Instructions.Action;
import dev.lathe.codegen.ptx.sim.PendingProducts.Product;
import dev.lathe.codegen.tile.MmaFragment;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;

/// `wgmma` m64nNk16 with 16-bit factors. Each warp of the warpgroup computes its 16 rows by itself,
/// when it begins; it has them when it waits, and the factors must not change before.
final class WgmmaActions {
  private static final int DEPTH = 16;
  private static final int WARP_ROWS = 16;

  /// Elements that lie together whatever the swizzle.
  private static final int CHUNK = 8;

  private WgmmaActions() {}

  static Action decode(Instr instr) {
    Action action =
        switch (instr.opcode().mnemonic().split("\\.")[1]) {
          case "fence" -> (warp, mask) -> {};
          case "commit_group" -> (warp, mask) -> warp.products.commit();
          case "wait_group" -> {
            int pending = (int) ((IntImmediate) instr.operands().getFirst()).value();
            yield (warp, mask) -> warp.products.await(warp, pending);
          }
          default -> multiply(instr);
        };
    return (warp, mask) -> {
      if (mask != Warp.ALL) {
        throw new IllegalStateException("a matrix instruction in divergent code");
      }
      action.run(warp, mask);
    };
  }

  private static Action multiply(Instr instr) {
    boolean bfloat = instr.opcode().has("bf16");
    List<Operand> operands = instr.operands();
    if (!instr.opcode().mnemonic().contains("k16.f32")) {
      throw new IllegalStateException("the simulator has no " + instr.opcode().mnemonic());
    }
    List<F32> sums =
        ((Vector) operands.getFirst()).elements().stream().map(F32.class::cast).toList();
    boolean inRegisters = operands.get(1) instanceof Vector;
    boolean transposeA = !inRegisters && immediate(operands, 6) == 1;
    boolean transposeB = immediate(operands, inRegisters ? 6 : 7) == 1;
    return (warp, mask) -> {
      SharedMatrix second =
          new SharedMatrix(warp, warp.get(operands.get(2), 0, 64), transposeB, 0, 2 * sums.size());
      SharedMatrix first =
          inRegisters
              ? null
              : new SharedMatrix(
                  warp,
                  warp.get(operands.get(1), 0, 64),
                  transposeA,
                  warp.index % 4 * WARP_ROWS,
                  WARP_ROWS);
      float[][] a = first == null ? registers(warp, operands.get(1), bfloat) : first.read(bfloat);
      float[][] b = second.read(bfloat);
      boolean adds = warp.get(operands.get(3), 0, 64) != 0;
      long[][] values = product(warp, sums, a, b, adds);
      warp.products.add(
          new Product(
              sums,
              values,
              () -> {
                second.read(bfloat);
                if (first != null) {
                  first.read(bfloat);
                } else if (!Arrays.deepEquals(a, registers(warp, operands.get(1), bfloat))) {
                  throw new IllegalStateException("registers of a factor changed before the wait");
                }
              }));
      warp.products.poison(warp);
    };
  }

  private static float[][] registers(Warp warp, Operand factor, boolean bfloat) {
    return MatrixActions.factor(warp, factor, MmaFragment.A, bfloat);
  }

  private static long immediate(List<Operand> operands, int index) {
    return ((IntImmediate) operands.get(index)).value();
  }

  private static long[][] product(
      Warp warp, List<F32> sums, float[][] a, float[][] b, boolean adds) {
    long[][] before =
        warp.products
            .values(sums)
            .orElseGet(() -> sums.stream().map(warp::values).toArray(long[][]::new));
    long[][] after = new long[sums.size()][Warp.LANES];
    for (int i = 0; i < sums.size(); i++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        float[] row = a[MmaFragment.C.row(lane, i % 4)];
        float[] column = b[8 * (i / 4) + MmaFragment.C.column(lane, i % 4)];
        double sum = adds ? FloatFunctions.f(before[i][lane]) : 0;
        for (int k = 0; k < DEPTH; k++) {
          sum += (double) row[k] * column[k];
        }
        after[i][lane] = FloatFunctions.bits(sum);
      }
    }
    return after;
  }

  /// Rows of a factor in shared memory, 16 elements of k each, in a layout with swizzling over 128,
  /// 64 or 32 bytes. PTX ISA 9.7.15.5.1.2.
  ///
  /// @param transposed true if rows are neighbours, false if elements of k are
  private record SharedMatrix(
      Warp warp, long descriptor, boolean transposed, int firstRow, int rows) {
    SharedMatrix {
      if (descriptor >>> 62 == 0 || (descriptor >>> 49 & 7) != 0) {
        throw new IllegalStateException(
            "matrix descriptor " + Long.toHexString(descriptor) + ": not simulated");
      }
    }

    float[][] read(boolean bfloat) {
      float[][] matrix = new float[rows][DEPTH];
      for (int major = 0; major < (transposed ? DEPTH : rows); major++) {
        for (int minor = 0; minor < (transposed ? rows : DEPTH); minor += CHUNK) {
          long address =
              transposed ? address(firstRow + minor, major) : address(firstRow + major, minor);
          ShortBuffer chunk = warp.block.shared.readAsync(address, 2 * CHUNK, warp);
          for (int i = 0; i < CHUNK; i++) {
            float value = HalfFunctions.widen(chunk.get(i) & 0xFFFFL, bfloat);
            if (transposed) {
              matrix[minor + i][major] = value;
            } else {
              matrix[major][minor + i] = value;
            }
          }
        }
      }
      return matrix;
    }

    private long address(long row, long k) {
      long start = (descriptor & 0x3FFF) << 4;
      long leading = (descriptor >>> 16 & 0x3FFF) << 4;
      long stride = (descriptor >>> 32 & 0x3FFF) << 4;
      long span = 256 >> (descriptor >>> 62);
      long plain =
          transposed
              ? start
                  + row / (span / 2) * leading
                  + row % (span / 2) * 2
                  + k / 8 * stride
                  + k % 8 * span
              : start + row / 8 * stride + row % 8 * span + k * 2;
      return plain ^ ((plain >> 7 & (span / 16 - 1)) << 4);
    }
  }
}
