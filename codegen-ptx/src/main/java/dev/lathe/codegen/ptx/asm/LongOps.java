package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand.Vector;

/// 64-bit integers, addresses, and the way between 32 and 64 bits. Unsigned unless the name ends in
/// `S`.
public interface LongOps extends Emitter {
  /// A constant in a register.
  default B64 constant64(long value) {
    return b64("mov.b64", imm(value));
  }

  default B64 add(B64 a, B64 b) {
    return b64("add.s64", a, b);
  }

  default B64 add(B64 a, long b) {
    return b64("add.s64", a, imm(b));
  }

  default B64 sub(B64 a, B64 b) {
    return b64("sub.s64", a, b);
  }

  default B64 sub(B64 a, long b) {
    return b64("sub.s64", a, imm(b));
  }

  default B64 mul(B64 a, B64 b) {
    return b64("mul.lo.s64", a, b);
  }

  default B64 mul(B64 a, long b) {
    return b64("mul.lo.s64", a, imm(b));
  }

  default B64 and(B64 a, B64 b) {
    return b64("and.b64", a, b);
  }

  default B64 and(B64 a, long b) {
    return b64("and.b64", a, imm(b));
  }

  default B64 or(B64 a, B64 b) {
    return b64("or.b64", a, b);
  }

  default B64 or(B64 a, long b) {
    return b64("or.b64", a, imm(b));
  }

  default B64 xor(B64 a, B64 b) {
    return b64("xor.b64", a, b);
  }

  default B64 xor(B64 a, long b) {
    return b64("xor.b64", a, imm(b));
  }

  /// High 64 bits of the unsigned product.
  default B64 mulHi(B64 a, B64 b) {
    return b64("mul.hi.u64", a, b);
  }

  default B64 shl(B64 a, int bits) {
    return b64("shl.b64", a, imm(bits));
  }

  /// Shift to the right, filling with zeros.
  default B64 shr(B64 a, int bits) {
    return b64("shr.u64", a, imm(bits));
  }

  /// The unsigned product, 64 bits wide.
  default B64 mulWide(B32 a, B32 b) {
    return b64("mul.wide.u32", a, b);
  }

  default B64 mulWide(B32 a, int b) {
    return b64("mul.wide.u32", a, imm(b));
  }

  /// `a * b + c`, a and b unsigned: the address of element a, b bytes wide, from c.
  default B64 madWide(B32 a, int b, B64 c) {
    return b64("mad.wide.u32", a, imm(b), c);
  }

  default B64 madWide(B32 a, B32 b, B64 c) {
    return b64("mad.wide.u32", a, b, c);
  }

  /// Zero-extends.
  default B64 widen(B32 a) {
    return b64("cvt.u64.u32", a);
  }

  /// Sign-extends.
  default B64 widenS(B32 a) {
    return b64("cvt.s64.s32", a);
  }

  /// The low 32 bits.
  default B32 low(B64 a) {
    return b32("cvt.u32.u64", a);
  }

  /// The high 32 bits.
  default B32 high(B64 a) {
    return low(shr(a, 32));
  }

  /// `high << 32 | low`.
  default B64 join(B32 low, B32 high) {
    return b64("mov.b64", Vector.of(low, high));
  }

  /// `high << 32 | low`.
  default B64 join(B32 low, int high) {
    return b64("mov.b64", Vector.of(low, imm(high)));
  }

  /// A copy, for a value that is going to change.
  default B64 copy(B64 a) {
    return b64("mov.b64", a);
  }

  /// `target = value`.
  default void assign(B64 target, B64 value) {
    emit("mov.b64", target, value);
  }

  default void assign(B64 target, long value) {
    emit("mov.b64", target, imm(value));
  }

  /// `target += value`.
  default void addTo(B64 target, B64 value) {
    emit("add.s64", target, target, value);
  }

  default void addTo(B64 target, long value) {
    emit("add.s64", target, target, imm(value));
  }
}
