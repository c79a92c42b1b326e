package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;

/// A value and the row that has it, in registers that change: the greatest one that was offered,
/// the lowest row among equals. NaN never wins, so that row 0 with minus infinity is what there is
/// if there is nothing else.
record BestRow(F32 value, B32 row) {
  /// In shared memory: the value, then the row.
  static final int BYTES = 8;

  static BestRow none(KernelBuilder k) {
    return new BestRow(k.constant(Float.NEGATIVE_INFINITY), k.constant(0));
  }

  static BestRow load(KernelBuilder k, Address shared) {
    return new BestRow(k.loadF32(shared), k.loadB32(plus(shared)));
  }

  void store(KernelBuilder k, Address shared) {
    k.store(shared, value);
    k.store(plus(shared), row);
  }

  private static Address plus(Address address) {
    return new Address(address.base(), address.offset() + Float.BYTES);
  }

  void offer(KernelBuilder k, F32 otherValue, B32 otherRow) {
    Pred lower = k.and(k.eq(otherValue, value), k.lt(otherRow, row));
    becomes(k, k.or(k.gt(otherValue, value), lower), otherValue, otherRow);
  }

  /// Takes another value and row if `wins`.
  void becomes(KernelBuilder k, Pred wins, F32 otherValue, B32 otherRow) {
    k.when(wins, () -> k.assign(value, otherValue));
    k.when(wins, () -> k.assign(row, otherRow));
  }
}
