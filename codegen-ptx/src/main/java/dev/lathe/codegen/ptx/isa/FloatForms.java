package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.List;

/// Floating-point arithmetic and conversion. PTX ISA 9.7.3-9.7.5, 9.7.9 (cvt).
final class FloatForms {
  private FloatForms() {}

  private static final Since BF16_ARITHMETIC = new Since(90, false, 78);
  private static final String COMPARISONS = "eq|ne|lt|le|gt|ge|equ|neu|ltu|leu|gtu|geu|num|nan";

  static final List<Form> FORMS =
      List.of(
          form("(add|sub|mul)[.rn][.ftz].f32", "d:f32 s:f32 s:f32"),
          form("fma.rn[.ftz].f32", "d:f32 s:f32 s:f32 s:f32"),
          form("div.(approx|full|rn)[.ftz].f32", "d:f32 s:f32 s:f32"),
          form("(rcp|sqrt).(approx|rn)[.ftz].f32", "d:f32 s:f32"),
          form("(rsqrt|ex2|lg2|sin|cos).approx[.ftz].f32", "d:f32 s:f32"),
          form("tanh.approx.f32", "d:f32 s:f32"),
          form("(abs|neg)[.ftz].f32", "d:f32 s:f32"),
          form("(min|max)[.ftz].f32", "d:f32 s:f32 s:f32"),
          form("(min|max).NaN.f32", "d:f32 s:f32 s:f32").since(Since.SM_80),
          form("copysign.f32", "d:f32 s:f32 s:f32"),
          form("setp.(" + COMPARISONS + ").f32", "d:pred s:f32 s:f32"),
          form("setp.(" + COMPARISONS + ").(and|or).f32", "d:pred s:f32 s:f32 r:pred"),
          form("cvt.rn.f32.$", "d:f32 s", "u16 s16 u32 s32 u64 s64"),
          form("cvt.(rni|rzi|rmi|rpi).$.f32", "d s:f32", "u32 s32 u64 s64"),
          form("cvt.(rni|rzi|rmi|rpi).f32.f32", "d:f32 s:f32"),
          form("cvt.f32.f16", "d:f32 r:f16"),
          form("cvt.f32.bf16", "d:f32 r:bf16").since(BF16_ARITHMETIC),
          form("cvt.rn.f16.f32", "d:f16 s:f32"),
          form("cvt.rn[.relu].(f16x2|bf16x2).f32", "d:b32 s:f32 s:f32").since(Since.SM_80),
          form("cvt.rn.bf16.f32", "d:bf16 s:f32").since(Since.SM_80),
          form("cvt.rn.satfinite.(e4m3x2|e5m2x2).f32", "d:b16 s:f32 s:f32").since(Since.SM_89),
          form("cvt.rn.satfinite.(e4m3x2|e5m2x2).f16x2", "d:b16 r:f16x2").since(Since.SM_89),
          form("cvt.rn.f16x2.(e4m3x2|e5m2x2)", "d:f16x2 r:b16").since(Since.SM_89),
          form("(add|sub|mul)[.rn].$", "d r r", "f16 f16x2"),
          form("(add|sub|mul)[.rn].$", "d r r", "bf16 bf16x2").since(BF16_ARITHMETIC),
          form("fma.rn.$", "d r r r", "f16 f16x2"),
          form("fma.rn[.relu].$", "d r r r", "bf16 bf16x2").since(Since.SM_80),
          form("(min|max)[.NaN].$", "d r r", "f16 f16x2 bf16 bf16x2").since(Since.SM_80),
          form("(abs|neg).$", "d r", "bf16 bf16x2").since(Since.SM_80),
          form("ex2.approx.$", "d r", "f16 f16x2").since(new Since(80, false, 70)),
          form("ex2.approx.ftz.$", "d r", "bf16 bf16x2").since(BF16_ARITHMETIC),
          form("tanh.approx.$", "d r", "f16 f16x2").since(new Since(80, false, 70)),
          form("tanh.approx.$", "d r", "bf16 bf16x2").since(BF16_ARITHMETIC));
}
