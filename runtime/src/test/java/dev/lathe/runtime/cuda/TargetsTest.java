package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import org.junit.jupiter.api.Test;

final class TargetsTest {
  private static final ComputeCapability AMPERE = new ComputeCapability(8, 0);
  private static final ComputeCapability ADA = new ComputeCapability(8, 9);
  private static final ComputeCapability HOPPER = new ComputeCapability(9, 0);
  private static final ComputeCapability BLACKWELL = new ComputeCapability(10, 0);

  @Test
  void ptxRunsOnItsOwnAndOnNewerGpus() {
    assertThat(Targets.runs("sm_80", AMPERE)).isTrue();
    assertThat(Targets.runs("sm_80", HOPPER)).isTrue();
    assertThat(Targets.runs("sm_89", AMPERE)).isFalse();
    assertThat(Targets.runs("sm_89", HOPPER)).isTrue();
    assertThat(Targets.runs("sm_100", BLACKWELL)).isTrue();
  }

  @Test
  void anArchitectureSpecificTargetRunsOnOneCapabilityAlone() {
    assertThat(Targets.runs("sm_90a", HOPPER)).isTrue();
    assertThat(Targets.runs("sm_90a", BLACKWELL)).isFalse();
    assertThat(Targets.runs("sm_90a", ADA)).isFalse();
  }

  @Test
  void machineCodeRunsWithinOneMajorNumber() {
    assertThat(Targets.runsMachineCode("sm_80", ADA)).isTrue();
    assertThat(Targets.runsMachineCode("sm_80", HOPPER)).isFalse();
    assertThat(Targets.runsMachineCode("sm_90a", HOPPER)).isTrue();
  }

  @Test
  void anEngineForAnotherGpuIsRefusedWithBothNames() {
    Availability.Available gpu = new Availability.Available("Some GPU", ADA, 1, 1, 1, 13_000);

    assertThatThrownBy(() -> Targets.check("sm_90a", gpu))
        .isInstanceOfSatisfying(
            LatheException.class,
            error -> {
              assertThat(error.exitCode()).isEqualTo(ExitCode.BAD_ENGINE);
              assertThat(error.sentence()).contains("sm_90a", "Some GPU", "8.9");
            });
    assertThatThrownBy(() -> Targets.check("cpu", gpu)).isInstanceOf(LatheException.class);
  }
}
