package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.util.List;

/// Tensor-core instructions. Which lane holds which element: `dev.lathe.codegen.tile.MmaFragment`.
public interface MatrixOps extends Emitter {

  /// Types of the factors.
  enum HalfType {
    F16,
    BF16;

    String pair() {
      return this == F16 ? "f16.f16" : "bf16.bf16";
    }
  }

  /// `accumulator += a * b`, m16n8k16: 4 floats, 4 words of a, 2 words of b a lane.
  default void mma(HalfType type, List<F32> accumulator, List<B32> a, List<B32> b) {
    Vector sum = new Vector(accumulator);
    emit(
        "mma.sync.aligned.m16n8k16.row.col.f32." + type.pair() + ".f32",
        sum,
        new Vector(a),
        new Vector(b),
        sum);
  }

  /// 1, 2 or 4 matrices 8x8 of 16-bit elements from shared memory; lane i gives the address of row
  /// i % 8 of matrix i / 8.
  default List<B32> loadMatrices(Address row, int matrices, boolean transposed) {
    List<B32> targets = newB32s(matrices);
    String trans = transposed ? ".trans" : "";
    emit(
        "ldmatrix.sync.aligned.m8n8.x" + matrices + trans + ".shared.b16",
        new Vector(targets),
        row);
    return targets;
  }

  /// The reverse of [#loadMatrices]; sm_90.
  default void storeMatrices(Address row, List<B32> values, boolean transposed) {
    String trans = transposed ? ".trans" : "";
    emit(
        "stmatrix.sync.aligned.m8n8.x" + values.size() + trans + ".shared.b16",
        row,
        new Vector(values));
  }

  /// `wgmma` m64nNk16, both factors in shared memory, K-major; N is twice the accumulators.
  ///
  /// @param scale predicate register, or the constant 0 for `accumulator = a * b`, 1 for `+=`
  default void wgmma(
      HalfType type, List<F32> accumulator, B64 descriptorA, B64 descriptorB, Operand scale) {
    emit(
        wgmmaName(type, accumulator),
        new Vector(accumulator),
        descriptorA,
        descriptorB,
        scale,
        imm(1),
        imm(1),
        imm(0),
        imm(0));
  }

  /// `wgmma` m64nNk16 with a in registers.
  ///
  /// @param transposeB true if b is N-major in shared memory
  default void wgmma(
      HalfType type,
      List<F32> accumulator,
      List<B32> a,
      B64 descriptorB,
      Operand scale,
      boolean transposeB) {
    emit(
        wgmmaName(type, accumulator),
        new Vector(accumulator),
        new Vector(a),
        descriptorB,
        scale,
        imm(1),
        imm(1),
        imm(transposeB ? 1 : 0));
  }

  private static String wgmmaName(HalfType type, List<F32> accumulator) {
    return "wgmma.mma_async.sync.aligned.m64n" + 2 * accumulator.size() + "k16.f32." + type.pair();
  }

  /// Before the first wgmma of a group, and after registers that it reads were written.
  default void wgmmaFence() {
    emit("wgmma.fence.sync.aligned");
  }

  /// Closes a group of wgmma.
  default void wgmmaCommit() {
    emit("wgmma.commit_group.sync.aligned");
  }

  /// Waits until all but the newest `pending` groups are done.
  default void wgmmaWait(int pending) {
    emit("wgmma.wait_group.sync.aligned", imm(pending));
  }

  /// Gives registers of this warpgroup back to the pool, down to `registers` a thread.
  default void releaseRegisters(int registers) {
    emit("setmaxnreg.dec.sync.aligned.u32", imm(registers));
  }

  /// Takes registers from the pool, up to `registers` a thread.
  default void claimRegisters(int registers) {
    emit("setmaxnreg.inc.sync.aligned.u32", imm(registers));
  }
}
