package dev.lathe.codegen.ptx.isa;

import static dev.lathe.codegen.ptx.isa.Form.form;

import java.util.List;

/// Loads, stores, atomics, fences, cache control. PTX ISA 9.7.9, 9.7.13.
final class MemoryForms {
  private MemoryForms() {}

  private static final String NARROW = "b8 u8 s8 b16 u16 s16 b32 u32 s32 f32";
  private static final String WIDE = "b64 u64 s64";
  private static final String WORDS = "b32 u32 s32 f32";
  private static final Since PREFETCH_SIZE = new Since(80, false, 74);
  private static final Since CACHE_HINT = new Since(80, false, 74);
  private static final Since VECTOR_REDUCTION = new Since(90, false, 81);

  static final List<Form> FORMS =
      List.of(
          form("ld.param.$", "d [p]", NARROW + " " + WIDE),
          form("ld.global[.nc|.ca|.cg|.cs|.ca.nc|.cg.nc|.cs.nc][.v2|.v4].$", "d*V [g]", NARROW),
          form("ld.global[.nc|.ca|.cg|.cs|.ca.nc|.cg.nc|.cs.nc][.v2].$", "d*V [g]", WIDE),
          form("ld.global[.nc].L1::no_allocate[.L2::128B|.L2::256B][.v2|.v4].$", "d*V [g]", WORDS)
              .since(PREFETCH_SIZE),
          form("ld.global[.nc].L1::no_allocate[.L2::128B|.L2::256B][.v2].$", "d*V [g]", WIDE)
              .since(PREFETCH_SIZE),
          form("ld.global[.nc][.L1::no_allocate].L2::cache_hint[.v2|.v4].$", "d*V [g] r:b64", WORDS)
              .since(CACHE_HINT),
          form("ld.(relaxed|acquire).(gpu|sys).global[.v2|.v4].$", "d*V [g]", WORDS),
          form("ld.(relaxed|acquire).(gpu|sys).global.$", "d [g]", WIDE),
          form("st.global[.cg|.cs|.wb][.v2|.v4].$", "[g] s*V", NARROW),
          form("st.global[.cg|.cs|.wb][.v2].$", "[g] s*V", WIDE),
          form("st.global.L1::no_allocate[.v2|.v4].$", "[g] s*V", WORDS).since(PREFETCH_SIZE),
          form("st.global.L2::cache_hint[.v2|.v4].$", "[g] s*V r:b64", WORDS).since(CACHE_HINT),
          form("st.(relaxed|release).(gpu|sys).global[.v2|.v4].$", "[g] s*V", WORDS),
          form("st.(relaxed|release).(gpu|sys).global.$", "[g] s", WIDE),
          form("ld.shared[.v2|.v4].$", "d*V [s]", NARROW),
          form("ld.shared[.v2].$", "d*V [s]", WIDE),
          form("st.shared[.v2|.v4].$", "[s] s*V", NARROW),
          form("st.shared[.v2].$", "[s] s*V", WIDE),
          form("ld.shared::cluster[.v2|.v4].$", "d*V [s]", WORDS).since(Since.SM_90),
          form("st.shared::cluster[.v2|.v4].$", "[s] s*V", WORDS).since(Since.SM_90),
          form("atom.global.add.$", "d [g] s", "u32 s32 u64 f32"),
          form("atom.global.(min|max).$", "d [g] s", "u32 s32 u64 s64"),
          form("atom.global.(exch|and|or|xor).$", "d [g] s", "b32 b64"),
          form("atom.shared.add.$", "d [s] s", "u32 s32 u64 f32"),
          form("atom.shared.(min|max).$", "d [s] s", "u32 s32 u64 s64"),
          form("atom.shared.(exch|and|or|xor).$", "d [s] s", "b32 b64"),
          form("atom.global.cas.$", "d [g] s s", "b32 b64"),
          form("atom.shared.cas.$", "d [s] s s", "b32 b64"),
          form("atom.acq_rel.gpu.global.(add|inc).u32", "d:u32 [g] s:u32"),
          form("red.global.add.$", "[g] s", "u32 s32 u64 f32"),
          form("red.global.(min|max).$", "[g] s", "u32 s32 u64 s64"),
          form("red.shared.add.$", "[s] s", "u32 s32 u64 f32"),
          form("red.shared.(min|max).$", "[s] s", "u32 s32 u64 s64"),
          form("red.(relaxed|release).gpu.global.add.u32", "[g] s:u32"),
          form("red.global.add(.v2|.v4).f32", "[g] r:f32*V").since(VECTOR_REDUCTION),
          form("red.global.add.noftz[.v2|.v4].(bf16x2|f16x2)", "[g] r:b32*V")
              .since(VECTOR_REDUCTION),
          form("prefetch.global.(L1|L2|L2::evict_last|L2::evict_normal)", "[g]")
              .since(new Since(80, false, 74)),
          form("applypriority.global.L2::evict_normal", "[g] i").since(CACHE_HINT),
          form("discard.global.L2", "[g] i").since(CACHE_HINT),
          form(
                  "createpolicy.fractional.L2::(evict_first|evict_last|evict_normal).b64",
                  "d:b64 s:f32")
              .since(CACHE_HINT),
          form("fence.(acq_rel|sc).(cta|gpu|sys)", ""),
          form("fence.(acq_rel|sc).cluster", "").since(Since.SM_90),
          form("membar.(cta|gl|sys)", ""),
          form("fence.proxy.async[.global|.shared::cta]", "").since(Since.SM_90),
          form("fence.mbarrier_init.release.cluster", "").since(Since.SM_90),
          form("cvta.to.(global|shared).u64", "d:u64 s:u64"),
          form("cvta.(global|shared).u64", "d:u64 s:u64"),
          form("cvta.param.u64", "d:u64 s:u64").since(new Since(80, false, 77)));
}
