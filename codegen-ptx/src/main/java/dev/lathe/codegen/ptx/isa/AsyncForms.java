package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.List;

/// Asynchronous copies and their barriers. PTX ISA 9.7.9.25-27, 9.7.13.15.
final class AsyncForms {
  private AsyncForms() {}

  private static final String BULK_LOAD =
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes";
  private static final String TENSOR_LOAD =
      "cp.async.bulk.tensor.(1d|2d|3d|4d|5d).shared::cluster.global.tile"
          + ".mbarrier::complete_tx::bytes";

  static final List<Form> FORMS =
      List.of(
          form("cp.async.ca.shared.global[.L2::128B|.L2::256B]", "[s] [g] i")
              .since(new Since(80, false, 74)),
          form("cp.async.ca.shared.global[.L2::128B|.L2::256B]", "[s] [g] i s:u32")
              .since(new Since(80, false, 74)),
          form("cp.async.cg.shared.global[.L2::128B|.L2::256B]", "[s] [g] i")
              .since(new Since(80, false, 74)),
          form("cp.async.cg.shared.global[.L2::128B|.L2::256B]", "[s] [g] i s:u32")
              .since(new Since(80, false, 74)),
          form(
                  "cp.async.(ca|cg).shared.global.L2::cache_hint[.L2::128B|.L2::256B]",
                  "[s] [g] i r:b64")
              .since(new Since(80, false, 74)),
          form(
                  "cp.async.(ca|cg).shared.global.L2::cache_hint[.L2::128B|.L2::256B]",
                  "[s] [g] i s:u32 r:b64")
              .since(new Since(80, false, 74)),
          form("cp.async.commit_group", "").since(Since.SM_80),
          form("cp.async.wait_group", "i").since(Since.SM_80),
          form("cp.async.wait_all", "").since(Since.SM_80),
          form("cp.async.mbarrier.arrive[.noinc].shared.b64", "[s]").since(Since.SM_80),
          form("mbarrier.(init|expect_tx.relaxed.cta).shared::cta.b64", "[s] s:u32")
              .since(Since.SM_90),
          form("mbarrier.inval.shared::cta.b64", "[s]").since(Since.SM_90),
          form("mbarrier.arrive.shared::cta.b64", "d:b64 [s]").since(Since.SM_90),
          form("mbarrier.arrive.shared::cluster.b64", "_ [s]").since(Since.SM_90),
          form("mbarrier.arrive.expect_tx.shared::cta.b64", "d:b64 [s] s:u32").since(Since.SM_90),
          form("mbarrier.(try_wait|test_wait).parity.shared::cta.b64", "d:pred [s] s:u32")
              .since(Since.SM_90),
          form(BULK_LOAD, "[s] [g] s:u32 [s]").since(Since.SM_90),
          form(BULK_LOAD + ".L2::cache_hint", "[s] [g] s:u32 [s] r:b64").since(Since.SM_90),
          form(
                  "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes"
                      + ".multicast::cluster",
                  "[s] [g] s:u32 [s] r:b16")
              .since(Since.SM_90),
          form(
                  "cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes",
                  "[s] [s] s:u32 [s]")
              .since(Since.SM_90),
          form("cp.async.bulk.global.shared::cta.bulk_group", "[g] [s] s:u32").since(Since.SM_90),
          form("cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f32", "[g] [s] s:u32")
              .since(Since.SM_90),
          form(TENSOR_LOAD, "[s] [t] [s]").since(Since.SM_90),
          form(TENSOR_LOAD + ".L2::cache_hint", "[s] [t] [s] r:b64").since(Since.SM_90),
          form(TENSOR_LOAD + ".multicast::cluster", "[s] [t] [s] r:b16").since(Since.SM_90),
          form(TENSOR_LOAD + ".multicast::cluster.L2::cache_hint", "[s] [t] [s] r:b16 r:b64")
              .since(Since.SM_90),
          form(
                  "cp.async.bulk.tensor.(1d|2d|3d|4d|5d).global.shared::cta.tile.bulk_group",
                  "[t] [s]")
              .since(Since.SM_90),
          form("cp.async.bulk.prefetch.L2.global", "[g] s:u32").since(Since.SM_90),
          form("prefetch.tensormap", "[g]").since(Since.SM_90),
          form("cp.async.bulk.commit_group", "").since(Since.SM_90),
          form("cp.async.bulk.wait_group[.read]", "i").since(Since.SM_90));
}
