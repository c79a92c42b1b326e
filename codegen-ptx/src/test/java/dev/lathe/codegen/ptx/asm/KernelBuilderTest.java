package dev.lathe.codegen.ptx.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Target;
import org.junit.jupiter.api.Test;

class KernelBuilderTest {
  private final KernelBuilder k = new KernelBuilder("k", Target.SM_80, 64);

  @Test
  void aKernelPrintsAsAModuleWithTheLowestVersionThatHasItsInstructions() {
    B64 values = k.pointer("values");
    B32 count = k.size("count");
    SharedRegion partials = k.shared("partials", 8, 4);
    B32 i = k.mad(k.blockX(), 64, k.threadIndex());
    k.comment("double each element");
    k.ifThen(
        k.ltU(i, count),
        () -> {
          B64 address = k.madWide(i, 4, values);
          k.store(k.at(address), k.mul(k.loadF32(k.at(address)), 2f));
        });
    k.store(partials.at(4), i);
    assertThat(k.build().ptx())
        .isEqualTo(
            """
            .version 7.0
            .target sm_80
            .address_size 64

            .extern .shared .align 16 .b8 smem[];

            .visible .entry k(
                .param .u64 values,
                .param .u32 count
            )
            .reqntid 64, 1, 1
            {
              .reg .pred %p<1>;
              .reg .b32 %r<4>;
              .reg .b64 %d<3>;
              .reg .f32 %f<2>;
              ld.param.u64 %d0, [values];
              cvta.to.global.u64 %d1, %d0;
              ld.param.u32 %r0, [count];
              mov.u32 %r1, %ctaid.x;
              mov.u32 %r2, %tid.x;
              mad.lo.s32 %r3, %r1, 64, %r2;
              // double each element
              setp.lt.u32 %p0, %r3, %r0;
              @!%p0 bra $L0;
              mad.wide.u32 %d2, %r3, 4, %d1;
              ld.global.f32 %f0, [%d2];
              mul.rn.f32 %f1, %f0, 0f40000000;
              st.global.f32 [%d2], %f1;
            $L0:
              st.shared.b32 [smem+4], %r3;
              ret;
            }
            """);
  }

  @Test
  void aLoopPrintsWithItsLastBreakAsTheBranchBack() {
    B32 i = k.copy(k.threadIndex());
    k.repeatWhile(() -> {
      k.addTo(i, 64);
      return k.lt(i, 1000);
    });
    assertThat(k.build().ptx())
        .contains(
            """
              .pragma "nounroll";
            $L0:
              add.s32 %r1, %r1, 64;
              setp.lt.s32 %p0, %r1, 1000;
              @%p0 bra $L0;
            $L1:
            """);
  }

  @Test
  void aRegisterWrittenInOneBranchOnlyHasNoValueAfterIt() {
    Pred first = k.eq(k.threadIndex(), 0);
    F32 value = k.newF32();
    k.ifThen(first, () -> k.assign(value, 1f));
    k.add(value, 1f);
    assertThatThrownBy(k::build).hasMessageContaining("V1: %f0 may have no value in: add.rn.f32");
  }

  @Test
  void aRegisterWrittenInBothBranchesOrAtEveryBreakHasAValue() {
    Pred first = k.eq(k.threadIndex(), 0);
    F32 value = k.newF32();
    F32 other = k.newF32();
    k.ifElse(first, () -> k.assign(value, 1f), () -> k.assign(value, 2f));
    k.loop(() -> {
      k.assign(other, 3f);
      k.breakIf(first);
    });
    k.add(value, other);
    k.build();
  }

  @Test
  void aGuardedWriteCountsForReadsUnderTheSameGuardOnly() {
    Pred first = k.eq(k.threadIndex(), 0);
    F32 value = k.newF32();
    k.when(
        first,
        () -> {
          k.assign(value, 1f);
          k.add(value, 1f);
        });
    k.add(value, 1f);
    assertThatThrownBy(k::build).hasMessageContaining("V1: %f0 may have no value");
  }

  @Test
  void anInstructionThatTheTargetLacksIsRefused() {
    k.waitForPredecessors();
    assertThatThrownBy(k::build).hasMessageContaining("V2: sm_80 has no griddepcontrol.wait;");
  }

  @Test
  void aBarrierOfMoreThreadsThanTheBlockHasIsRefused() {
    k.barrier(1, 96);
    assertThatThrownBy(k::build).hasMessageContaining("V3: bar.sync 1, 96;");
  }

  @Test
  void aBarrierNumberOver15IsRefused() {
    k.barrier(16, 64);
    assertThatThrownBy(k::build).hasMessageContaining("V3");
  }

  @Test
  void sharedMemoryOverTheLimitIsRefused() {
    k.shared("all", 164 * 1024, 16);
    assertThatThrownBy(k::build).hasMessageContaining("V4");
  }

  @Test
  void aBreakOutsideOfALoopIsRefused() {
    k.breakLoop();
    assertThatThrownBy(k::build).hasMessageContaining("V5: a break outside of a loop");
  }

  @Test
  void statementsBehindAnEndlessLoopAreRefused() {
    k.loop(k::blockBarrier);
    k.threadIndex();
    assertThatThrownBy(k::build).hasMessageContaining("V5: nothing reaches");
  }

  @Test
  void regionsOfSharedMemoryAreAlignedAndDoNotOverlap() {
    SharedRegion bytes = k.shared("bytes", 3, 1);
    SharedRegion barrier = k.shared("barrier", 8, 8);
    assertThat(bytes.offset()).isZero();
    assertThat(barrier.offset()).isEqualTo(8);
    assertThat(k.build().sharedBytes()).isEqualTo(16);
    assertThatThrownBy(() -> barrier.at(8)).hasMessageContaining("outside of shared region");
  }
}
