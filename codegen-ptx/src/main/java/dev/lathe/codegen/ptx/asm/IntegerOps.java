package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Operand.Special;
import dev.lathe.codegen.ptx.isa.Operand.Vector;

/// 32-bit integers and bits. Quotients, remainders and right shifts are unsigned, minimum and
/// maximum signed, unless the name ends in `S` or `U`.
public interface IntegerOps extends Emitter {
  /// The thread in the block.
  default B32 threadIndex() {
    return b32("mov.u32", new Special("tid.x"));
  }

  /// The lane in the warp.
  default B32 laneIndex() {
    return and(threadIndex(), 31);
  }

  /// The warp in the block; not known to be the same in all lanes: [WarpOps#uniform].
  default B32 warpIndex() {
    return shr(threadIndex(), 5);
  }

  /// The block in the grid.
  default B32 blockX() {
    return b32("mov.u32", new Special("ctaid.x"));
  }

  /// The block in the grid.
  default B32 blockY() {
    return b32("mov.u32", new Special("ctaid.y"));
  }

  /// The block in the grid.
  default B32 blockZ() {
    return b32("mov.u32", new Special("ctaid.z"));
  }

  /// The number of blocks of the grid along x.
  default B32 gridX() {
    return b32("mov.u32", new Special("nctaid.x"));
  }

  /// A constant in a register.
  default B32 constant(int value) {
    return b32("mov.b32", imm(value));
  }

  /// A copy, for a value that is going to change.
  default B32 copy(B32 a) {
    return b32("mov.b32", a);
  }

  default B32 add(B32 a, B32 b) {
    return b32("add.s32", a, b);
  }

  default B32 add(B32 a, int b) {
    return b32("add.s32", a, imm(b));
  }

  default B32 sub(B32 a, B32 b) {
    return b32("sub.s32", a, b);
  }

  default B32 sub(B32 a, int b) {
    return b32("sub.s32", a, imm(b));
  }

  /// Low 32 bits of the product.
  default B32 mul(B32 a, B32 b) {
    return b32("mul.lo.s32", a, b);
  }

  default B32 mul(B32 a, int b) {
    return b32("mul.lo.s32", a, imm(b));
  }

  /// High 32 bits of the unsigned product.
  default B32 mulHi(B32 a, B32 b) {
    return b32("mul.hi.u32", a, b);
  }

  default B32 mulHi(B32 a, int b) {
    return b32("mul.hi.u32", a, imm(b));
  }

  /// Unsigned quotient.
  default B32 div(B32 a, B32 b) {
    return b32("div.u32", a, b);
  }

  /// Unsigned quotient by a positive constant, without a division: the assembler would make one.
  /// Granlund, Montgomery 1994, figure 4.1.
  default B32 div(B32 a, int b) {
    if (b <= 0) {
      throw new IllegalStateException("a quotient by " + b);
    }
    int bits = 32 - Integer.numberOfLeadingZeros(b - 1);
    if (1 << bits == b) {
      return bits == 0 ? copy(a) : shr(a, bits);
    }
    long multiplier = (((1L << bits) - b) << 32) / b + 1;
    B32 high = mulHi(a, (int) multiplier);
    return shr(add(high, shr(sub(a, high), 1)), bits - 1);
  }

  /// Unsigned remainder.
  default B32 rem(B32 a, B32 b) {
    return b32("rem.u32", a, b);
  }

  /// Unsigned remainder by a positive constant.
  default B32 rem(B32 a, int b) {
    return Integer.bitCount(b) == 1 ? and(a, b - 1) : sub(a, mul(div(a, b), b));
  }

  default B32 min(B32 a, B32 b) {
    return b32("min.s32", a, b);
  }

  default B32 min(B32 a, int b) {
    return b32("min.s32", a, imm(b));
  }

  default B32 max(B32 a, B32 b) {
    return b32("max.s32", a, b);
  }

  default B32 max(B32 a, int b) {
    return b32("max.s32", a, imm(b));
  }

  default B32 minU(B32 a, B32 b) {
    return b32("min.u32", a, b);
  }

  default B32 minU(B32 a, int b) {
    return b32("min.u32", a, imm(b));
  }

  default B32 maxU(B32 a, B32 b) {
    return b32("max.u32", a, b);
  }

  default B32 maxU(B32 a, int b) {
    return b32("max.u32", a, imm(b));
  }

  default B32 and(B32 a, B32 b) {
    return b32("and.b32", a, b);
  }

  default B32 and(B32 a, int b) {
    return b32("and.b32", a, imm(b));
  }

  default B32 or(B32 a, B32 b) {
    return b32("or.b32", a, b);
  }

  default B32 or(B32 a, int b) {
    return b32("or.b32", a, imm(b));
  }

  default B32 xor(B32 a, B32 b) {
    return b32("xor.b32", a, b);
  }

  default B32 xor(B32 a, int b) {
    return b32("xor.b32", a, imm(b));
  }

  default B32 shl(B32 a, B32 b) {
    return b32("shl.b32", a, b);
  }

  default B32 shl(B32 a, int b) {
    return b32("shl.b32", a, imm(b));
  }

  /// Shift to the right, filling with zeros.
  default B32 shr(B32 a, B32 b) {
    return b32("shr.u32", a, b);
  }

  default B32 shr(B32 a, int b) {
    return b32("shr.u32", a, imm(b));
  }

  /// Shift to the right, filling with the sign.
  default B32 shrS(B32 a, B32 b) {
    return b32("shr.s32", a, b);
  }

  default B32 shrS(B32 a, int b) {
    return b32("shr.s32", a, imm(b));
  }

  default B32 not(B32 a) {
    return b32("not.b32", a);
  }

  /// `a * b + c`.
  default B32 mad(B32 a, B32 b, B32 c) {
    return b32("mad.lo.s32", a, b, c);
  }

  default B32 mad(B32 a, int b, B32 c) {
    return b32("mad.lo.s32", a, imm(b), c);
  }

  /// Bits set.
  default B32 popCount(B32 a) {
    return b32("popc.b32", a);
  }

  /// Leading zeros.
  default B32 leadingZeros(B32 a) {
    return b32("clz.b32", a);
  }

  /// Four bytes of `{b, a}`, chosen by the nibbles of `selector`, the lowest first.
  default B32 permute(B32 a, B32 b, int selector) {
    return b32("prmt.b32", a, b, imm(selector));
  }

  /// Any bitwise function of three inputs, by its truth table.
  default B32 lop3(B32 a, B32 b, B32 c, int table) {
    return b32("lop3.b32", a, b, c, imm(table));
  }

  /// The bits of a float.
  default B32 bits(F32 a) {
    return b32("mov.b32", a);
  }

  /// `high << 16 | low`.
  default B32 join(B16 low, B16 high) {
    return b32("mov.b32", Vector.of(low, high));
  }

  /// Zero-extends.
  default B32 widen(B16 a) {
    return b32("cvt.u32.u16", a);
  }

  /// `target = value`.
  default void assign(B32 target, B32 value) {
    emit("mov.b32", target, value);
  }

  default void assign(B32 target, int value) {
    emit("mov.b32", target, imm(value));
  }

  /// `target += value`.
  default void addTo(B32 target, B32 value) {
    emit("add.s32", target, target, value);
  }

  default void addTo(B32 target, int value) {
    emit("add.s32", target, target, imm(value));
  }
}
