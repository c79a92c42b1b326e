package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;

/// float32 arithmetic and conversions. Arithmetic rounds to nearest even and keeps subnormals;
/// products and sums are not contracted unless by [#fma].
public interface FloatOps extends Emitter {
  /// A constant in a register.
  default F32 constant(float value) {
    return f32("mov.f32", imm(value));
  }

  /// A copy, for a value that is going to change.
  default F32 copy(F32 a) {
    return f32("mov.f32", a);
  }

  default F32 add(F32 a, F32 b) {
    return f32("add.rn.f32", a, b);
  }

  default F32 add(F32 a, float b) {
    return f32("add.rn.f32", a, imm(b));
  }

  default F32 sub(F32 a, F32 b) {
    return f32("sub.rn.f32", a, b);
  }

  default F32 sub(F32 a, float b) {
    return f32("sub.rn.f32", a, imm(b));
  }

  default F32 mul(F32 a, F32 b) {
    return f32("mul.rn.f32", a, b);
  }

  default F32 mul(F32 a, float b) {
    return f32("mul.rn.f32", a, imm(b));
  }

  /// The other one if one is NaN.
  default F32 min(F32 a, F32 b) {
    return f32("min.f32", a, b);
  }

  default F32 min(F32 a, float b) {
    return f32("min.f32", a, imm(b));
  }

  /// The other one if one is NaN.
  default F32 max(F32 a, F32 b) {
    return f32("max.f32", a, b);
  }

  default F32 max(F32 a, float b) {
    return f32("max.f32", a, imm(b));
  }

  /// `a * b + c`, rounded once.
  default F32 fma(F32 a, F32 b, F32 c) {
    return f32("fma.rn.f32", a, b, c);
  }

  default F32 fma(F32 a, float b, F32 c) {
    return f32("fma.rn.f32", a, imm(b), c);
  }

  default F32 fma(F32 a, float b, float c) {
    return f32("fma.rn.f32", a, imm(b), imm(c));
  }

  /// `target += a * b`, rounded once.
  default void fmaTo(F32 target, F32 a, F32 b) {
    emit("fma.rn.f32", target, a, b, target);
  }

  /// `target += a`.
  default void addTo(F32 target, F32 a) {
    emit("add.rn.f32", target, target, a);
  }

  /// `target *= a`.
  default void mulTo(F32 target, F32 a) {
    emit("mul.rn.f32", target, target, a);
  }

  /// `target = max(target, a)`.
  default void maxTo(F32 target, F32 a) {
    emit("max.f32", target, target, a);
  }

  /// `target = value`.
  default void assign(F32 target, F32 value) {
    emit("mov.f32", target, value);
  }

  default void assign(F32 target, float value) {
    emit("mov.f32", target, imm(value));
  }

  /// The correctly rounded quotient; slow.
  default F32 divExact(F32 a, F32 b) {
    return f32("div.rn.f32", a, b);
  }

  /// The quotient, 2 ulp, over the full range.
  default F32 div(F32 a, F32 b) {
    return f32("div.full.f32", a, b);
  }

  /// `1 / a`, 1 ulp.
  default F32 reciprocal(F32 a) {
    return f32("rcp.approx.ftz.f32", a);
  }

  /// `1 / sqrt(a)`, 2 ulp.
  default F32 rsqrt(F32 a) {
    return f32("rsqrt.approx.f32", a);
  }

  /// Correctly rounded.
  default F32 sqrt(F32 a) {
    return f32("sqrt.rn.f32", a);
  }

  /// `2^a`, 2 ulp; results below 2^-126 are 0.
  default F32 exp2(F32 a) {
    return f32("ex2.approx.ftz.f32", a);
  }

  /// `log2(a)`.
  default F32 log2(F32 a) {
    return f32("lg2.approx.ftz.f32", a);
  }

  /// `e^a`, with an error of `|a|` half ulps.
  default F32 exp(F32 a) {
    return exp2(mul(a, 1.442695f));
  }

  default F32 abs(F32 a) {
    return f32("abs.f32", a);
  }

  default F32 neg(F32 a) {
    return f32("neg.f32", a);
  }

  /// The magnitude of `a` with the sign of `b`.
  default F32 copySign(F32 a, F32 b) {
    return f32("copysign.f32", b, a);
  }

  /// `a / (1 + exp(-a))`.
  default F32 silu(F32 a) {
    return mul(a, reciprocal(add(exp(neg(a)), 1f)));
  }

  /// The float with these bits.
  default F32 fromBits(B32 a) {
    return f32("mov.b32", a);
  }

  default F32 toFloat(B32 signed) {
    return f32("cvt.rn.f32.s32", signed);
  }

  default F32 toFloatU(B32 unsigned) {
    return f32("cvt.rn.f32.u32", unsigned);
  }

  default F32 toFloatU(B64 unsigned) {
    return f32("cvt.rn.f32.u64", unsigned);
  }

  /// Towards zero, saturating; NaN gives 0.
  default B32 truncate(F32 a) {
    return b32("cvt.rzi.s32.f32", a);
  }

  /// Towards zero, saturating; NaN gives 0.
  default B32 truncateU(F32 a) {
    return b32("cvt.rzi.u32.f32", a);
  }

  default B64 truncateLong(F32 a) {
    return b64("cvt.rzi.u64.f32", a);
  }

  /// The value of a half.
  default F32 fromHalf(B16 a) {
    return f32("cvt.f32.f16", a);
  }

  /// The nearest half.
  default B16 toHalf(F32 a) {
    return b16("cvt.rn.f16.f32", a);
  }

  /// The nearest bfloat16.
  default B16 toBfloat(F32 a) {
    return b16("cvt.rn.bf16.f32", a);
  }

  /// Two nearest halves, `low` in the low bits.
  default B32 toHalves(F32 low, F32 high) {
    return b32("cvt.rn.f16x2.f32", high, low);
  }

  /// Two nearest bfloat16, `low` in the low bits.
  default B32 toBfloats(F32 low, F32 high) {
    return b32("cvt.rn.bf16x2.f32", high, low);
  }
}
