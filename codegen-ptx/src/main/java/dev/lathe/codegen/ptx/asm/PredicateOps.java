package dev.lathe.codegen.ptx.asm;

import static dev.lathe.codegen.ptx.isa.Operand.imm;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;

/// Comparisons, predicates, selection. Comparisons of integers are signed unless the name ends in
/// `U`.
public interface PredicateOps extends Emitter {
  default Pred eq(B32 a, B32 b) {
    return pred("setp.eq.b32", a, b);
  }

  default Pred eq(B32 a, int b) {
    return pred("setp.eq.b32", a, imm(b));
  }

  default Pred eq(B64 a, B64 b) {
    return pred("setp.eq.b64", a, b);
  }

  default Pred ne(B32 a, B32 b) {
    return pred("setp.ne.b32", a, b);
  }

  default Pred ne(B32 a, int b) {
    return pred("setp.ne.b32", a, imm(b));
  }

  default Pred ne(B64 a, B64 b) {
    return pred("setp.ne.b64", a, b);
  }

  default Pred lt(B32 a, B32 b) {
    return pred("setp.lt.s32", a, b);
  }

  default Pred lt(B32 a, int b) {
    return pred("setp.lt.s32", a, imm(b));
  }

  default Pred ltU(B32 a, B32 b) {
    return pred("setp.lt.u32", a, b);
  }

  default Pred ltU(B32 a, int b) {
    return pred("setp.lt.u32", a, imm(b));
  }

  default Pred ltU(B64 a, B64 b) {
    return pred("setp.lt.u64", a, b);
  }

  default Pred le(B32 a, B32 b) {
    return pred("setp.le.s32", a, b);
  }

  default Pred le(B32 a, int b) {
    return pred("setp.le.s32", a, imm(b));
  }

  default Pred leU(B32 a, B32 b) {
    return pred("setp.le.u32", a, b);
  }

  default Pred leU(B32 a, int b) {
    return pred("setp.le.u32", a, imm(b));
  }

  default Pred leU(B64 a, B64 b) {
    return pred("setp.le.u64", a, b);
  }

  default Pred gt(B32 a, B32 b) {
    return pred("setp.gt.s32", a, b);
  }

  default Pred gt(B32 a, int b) {
    return pred("setp.gt.s32", a, imm(b));
  }

  default Pred gtU(B32 a, B32 b) {
    return pred("setp.gt.u32", a, b);
  }

  default Pred gtU(B32 a, int b) {
    return pred("setp.gt.u32", a, imm(b));
  }

  default Pred gtU(B64 a, B64 b) {
    return pred("setp.gt.u64", a, b);
  }

  default Pred ge(B32 a, B32 b) {
    return pred("setp.ge.s32", a, b);
  }

  default Pred ge(B32 a, int b) {
    return pred("setp.ge.s32", a, imm(b));
  }

  default Pred geU(B32 a, B32 b) {
    return pred("setp.ge.u32", a, b);
  }

  default Pred geU(B32 a, int b) {
    return pred("setp.ge.u32", a, imm(b));
  }

  default Pred geU(B64 a, B64 b) {
    return pred("setp.ge.u64", a, b);
  }

  /// False if one is NaN.
  default Pred eq(F32 a, F32 b) {
    return pred("setp.eq.f32", a, b);
  }

  default Pred eq(F32 a, float b) {
    return pred("setp.eq.f32", a, imm(b));
  }

  /// False if one is NaN, unlike in Java.
  default Pred ne(F32 a, F32 b) {
    return pred("setp.ne.f32", a, b);
  }

  default Pred ne(F32 a, float b) {
    return pred("setp.ne.f32", a, imm(b));
  }

  /// False if one is NaN.
  default Pred lt(F32 a, F32 b) {
    return pred("setp.lt.f32", a, b);
  }

  default Pred lt(F32 a, float b) {
    return pred("setp.lt.f32", a, imm(b));
  }

  /// False if one is NaN.
  default Pred le(F32 a, F32 b) {
    return pred("setp.le.f32", a, b);
  }

  default Pred le(F32 a, float b) {
    return pred("setp.le.f32", a, imm(b));
  }

  /// False if one is NaN.
  default Pred gt(F32 a, F32 b) {
    return pred("setp.gt.f32", a, b);
  }

  default Pred gt(F32 a, float b) {
    return pred("setp.gt.f32", a, imm(b));
  }

  /// False if one is NaN.
  default Pred ge(F32 a, F32 b) {
    return pred("setp.ge.f32", a, b);
  }

  default Pred ge(F32 a, float b) {
    return pred("setp.ge.f32", a, imm(b));
  }

  default Pred isNaN(F32 a) {
    return pred("setp.nan.f32", a, a);
  }

  default Pred and(Pred a, Pred b) {
    return pred("and.pred", a, b);
  }

  default Pred or(Pred a, Pred b) {
    return pred("or.pred", a, b);
  }

  default Pred xor(Pred a, Pred b) {
    return pred("xor.pred", a, b);
  }

  default Pred not(Pred a) {
    return pred("not.pred", a);
  }

  /// `p ? yes : no`.
  default B32 select(Pred p, B32 yes, B32 no) {
    return b32("selp.b32", yes, no, p);
  }

  default B64 select(Pred p, B64 yes, B64 no) {
    return b64("selp.b64", yes, no, p);
  }

  default F32 select(Pred p, F32 yes, F32 no) {
    return f32("selp.f32", yes, no, p);
  }

  default B32 select(Pred p, int yes, int no) {
    return b32("selp.b32", imm(yes), imm(no), p);
  }

  default F32 select(Pred p, F32 yes, float no) {
    return f32("selp.f32", yes, imm(no), p);
  }

  /// `target = value`.
  default void assign(Pred target, Pred value) {
    emit("mov.pred", target, value);
  }
}
