package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.List;

/// Warp and block cooperation, control. PTX ISA 9.7.12, 9.7.13, 9.7.19. Branches are not here: the
/// printer makes them from the structure of a kernel.
final class WarpForms {
  private WarpForms() {}

  static final List<Form> FORMS =
      List.of(
          form("shfl.sync.(idx|bfly|up|down).b32", "d:b32 s:b32 s:u32 s:u32 s:b32"),
          form("vote.sync.(any|all|uni).pred", "d:pred r:pred s:b32"),
          form("vote.sync.ballot.b32", "d:b32 r:pred s:b32"),
          form("redux.sync.(add|min|max).$", "d s s:b32", "u32 s32").since(Since.SM_80),
          form("redux.sync.(and|or|xor).b32", "d:b32 s:b32 s:b32").since(Since.SM_80),
          form("match.any.sync.b32", "d:b32 s:b32 s:b32"),
          form("activemask.b32", "d:b32"),
          form("elect.sync", "dp s:b32").since(Since.SM_90),
          form("bar.sync", "i"),
          form("bar.sync", "i i"),
          form("bar.arrive", "i i"),
          form("bar.warp.sync", "s:b32"),
          form("barrier.cluster.arrive[.relaxed|.release].aligned", "").since(Since.SM_90),
          form("barrier.cluster.wait[.acquire].aligned", "").since(Since.SM_90),
          form("mapa.shared::cluster.u32", "d:u32 s:u32 s:u32").since(Since.SM_90),
          form("griddepcontrol.(wait|launch_dependents)", "").since(Since.SM_90),
          form("setmaxnreg.(inc|dec).sync.aligned.u32", "i").since(Since.SM_90A),
          form("nanosleep.u32", "s:u32"),
          form("exit", ""),
          form("trap", ""));
}
