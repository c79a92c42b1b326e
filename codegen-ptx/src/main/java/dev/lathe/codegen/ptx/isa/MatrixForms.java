package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.ArrayList;
import java.util.List;

/// Matrix instructions: ldmatrix, stmatrix, mma.sync, wgmma. PTX ISA 9.7.14, 9.7.15.
final class MatrixForms {
  private MatrixForms() {}

  private static final Since MOVMATRIX = new Since(80, false, 78);

  static final List<Form> FORMS = forms();

  private static List<Form> forms() {
    List<Form> forms = new ArrayList<>();
    forms.add(form("ldmatrix.sync.aligned.m8n8.x1[.trans].shared.b16", "d:b32*1 [s]"));
    forms.add(form("ldmatrix.sync.aligned.m8n8.x2[.trans].shared.b16", "d:b32*2 [s]"));
    forms.add(form("ldmatrix.sync.aligned.m8n8.x4[.trans].shared.b16", "d:b32*4 [s]"));
    for (int matrices : new int[] {1, 2, 4}) {
      forms.add(
          form(
                  "stmatrix.sync.aligned.m8n8.x" + matrices + "[.trans].shared.b16",
                  "[s] r:b32*" + matrices)
              .since(new Since(90, false, 78)));
    }
    forms.add(form("movmatrix.sync.aligned.m8n8.trans.b16", "d:b32 r:b32").since(MOVMATRIX));
    addMma(forms);
    for (int columns = 8; columns <= 256; columns += 8) {
      addWgmma(forms, columns);
    }
    forms.add(form("wgmma.(fence|commit_group).sync.aligned", "").since(Since.SM_90A));
    forms.add(form("wgmma.wait_group.sync.aligned", "i").since(Since.SM_90A));
    return List.copyOf(forms);
  }

  private static void addMma(List<Form> forms) {
    forms.add(
        form(
                "mma.sync.aligned.m16n8k16.row.col.f32.(bf16.bf16|f16.f16).f32",
                "d:f32*4 r:b32*4 r:b32*2 r:f32*4")
            .since(Since.SM_80));
    forms.add(
        form(
                "mma.sync.aligned.m16n8k8.row.col.f32.(bf16.bf16|f16.f16).f32",
                "d:f32*4 r:b32*2 r:b32*1 r:f32*4")
            .since(Since.SM_80));
    forms.add(
        form(
                "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32",
                "d:f32*4 r:b32*4 r:b32*2 r:f32*4")
            .since(Since.SM_80));
    forms.add(
        form("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", "d:b32*4 r:b32*4 r:b32*2 r:b32*4")
            .since(Since.SM_80));
  }

  /// `wgmma` with `columns` = N: each thread holds N / 2 float accumulators.
  private static void addWgmma(List<Form> forms, int columns) {
    String f32 = "x:f32*" + columns / 2;
    String shape = "wgmma.mma_async.sync.aligned.m64n" + columns;
    String half = shape + "k16.f32.(bf16.bf16|f16.f16)";
    forms.add(form(half, f32 + " r:b64 r:b64 s:pred i i i i").since(Since.SM_90A));
    forms.add(form(half, f32 + " r:b32*4 r:b64 s:pred i i i").since(Since.SM_90A));
    String fp8 = shape + "k32.f32.(e4m3.e4m3|e5m2.e5m2)";
    forms.add(form(fp8, f32 + " r:b64 r:b64 s:pred i i").since(Since.SM_90A));
    forms.add(form(fp8, f32 + " r:b32*4 r:b64 s:pred i i").since(Since.SM_90A));
    if (columns <= 32 || columns % 16 == 0) {
      forms.add(
          form(shape + "k32.s32.s8.s8", "x:b32*" + columns / 2 + " r:b64 r:b64 s:pred")
              .since(Since.SM_90A));
    }
  }
}
