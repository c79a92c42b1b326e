package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.List;

/// Integer and logic arithmetic, comparison, selection, moves. PTX ISA 9.7.1, 9.7.6-9.7.9.
final class IntegerForms {
  private IntegerForms() {}

  private static final String INTEGERS = "u16 s16 u32 s32 u64 s64";
  private static final String WIDE_INTEGERS = "u32 s32 u64 s64";

  static final List<Form> FORMS =
      List.of(
          form("(add|sub|min|max).$", "d s s", INTEGERS),
          form("mul.lo.$", "d s s", INTEGERS),
          form("mul.hi.$", "d s s", WIDE_INTEGERS),
          form("mul.wide.$", "d:u64 s s", "u32 s32"),
          form("mad.lo.$", "d s s s", WIDE_INTEGERS),
          form("mad.hi.$", "d s s s", WIDE_INTEGERS),
          form("mad.wide.$", "d:u64 s s s:u64", "u32 s32"),
          form("(div|rem).$", "d s s", WIDE_INTEGERS),
          form("(abs|neg).$", "d s", "s32 s64"),
          form("(and|or|xor).$", "d s s", "b16 b32 b64"),
          form("(and|or|xor).pred", "d:pred r:pred r:pred"),
          form("not.$", "d s", "b16 b32 b64"),
          form("not.pred", "d:pred r:pred"),
          form("shl.$", "d s s:u32", "b16 b32 b64"),
          form("shr.$", "d s s:u32", "u16 s16 b32 u32 s32 b64 u64 s64"),
          form("shf.(l|r).(wrap|clamp).b32", "d:b32 s:b32 s:b32 s:u32"),
          form("lop3.b32", "d:b32 s:b32 s:b32 s:b32 i"),
          form("prmt.b32", "d:b32 s:b32 s:b32 s:b32"),
          form("bfe.$", "d s s:u32 s:u32", WIDE_INTEGERS),
          form("bfi.$", "d s s s:u32 s:u32", "b32 b64"),
          form("(popc|clz).$", "d:u32 s", "b32 b64"),
          form("brev.$", "d s", "b32 b64"),
          form("bfind.$", "d:u32 s", WIDE_INTEGERS),
          form("dp4a.$.$", "d:s32 s s s:s32", "u32 s32"),
          form("setp.(eq|ne).$", "d:pred s s", "b16 b32 b64"),
          form("setp.(eq|ne|lt|le|gt|ge).$", "d:pred s s", INTEGERS),
          form("setp.(eq|ne|lt|le|gt|ge).(and|or).$", "d:pred s s r:pred", INTEGERS),
          form("selp.$", "d s s r:pred", "b16 b32 u32 s32 b64 u64 s64 f32"),
          form("mov.$", "d s", "b16 u16 b32 u32 s32 b64 u64 s64 f32"),
          form("mov.pred", "d:pred s:pred"),
          form("mov.b32", "d:b32 r:b16*2"),
          form("mov.b32", "d:b16*2 r:b32"),
          form("mov.b64", "d:b64 s:b64"),
          form("mov.b64", "d:b64 s:b32*2"),
          form("mov.b64", "d:b32*2 r:b64"),
          form("cvt.(u32|s32).$", "d:u32 s", "u8 s8 u16 s16 u64 s64"),
          form("cvt.(u64|s64).$", "d:u64 s", "u8 s8 u16 s16 u32 s32"),
          form("cvt.(u16|s16).$", "d:u16 s", "u8 s8 u32 s32 u64 s64"),
          form("cvt.pack.sat.s8.s32.b32", "d:b32 s:s32 s:s32 s:b32").since(Since.SM_80));
}
