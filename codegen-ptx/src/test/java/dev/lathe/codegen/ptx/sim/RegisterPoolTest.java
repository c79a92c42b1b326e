package dev.lathe.codegen.ptx.sim;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Three warpgroups of which the last one gives registers to the others: 168 each at the start.
class RegisterPoolTest {
  private static void run(int claimed, int kept) {
    KernelBuilder k = new KernelBuilder("k", Target.SM_90A, 384);
    k.blocksPerSm(1);
    k.ifElse(
        k.lt(k.uniform(k.warpIndex()), 8),
        () -> k.claimRegisters(claimed),
        () -> k.releaseRegisters(kept));
    new Simulator(new GlobalMemory()).launch(k.build(), 1, 1, 1, List.of());
  }

  @Test
  void warpgroupsGetWhatOneGivesBack() {
    assertThatCode(() -> run(232, 40)).doesNotThrowAnyException();
    assertThatCode(() -> run(240, 24)).doesNotThrowAnyException();
  }

  @Test
  void aWarpgroupThatClaimsMoreThanThereIsWaitsForEver() {
    assertThatThrownBy(() -> run(232, 48))
        .hasMessageContaining("all warps wait")
        .hasMessageContaining("setmaxnreg.inc.sync.aligned.u32 232");
  }

  @Test
  void aClaimOfFewerRegistersThanThereAreIsNone() {
    assertThatThrownBy(() -> run(160, 40)).hasMessageContaining("with 168");
  }
}
