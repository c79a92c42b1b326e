package dev.lathe.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FamilyProcessTest {

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void kernelsThatFaultDieOrHangDoNotStopTheOthers() {
    FamilyReport report =
        new FamilyProcess(Family.ATTENTION_LONG, FaultyMain.class, 2)
            .run(System.nanoTime() + TimeUnit.SECONDS.toNanos(50));

    assertThat(report.isGood()).isFalse();
    assertThat(report.broken()).containsExactlyInAnyOrder("k1", "k2", "k3");
    assertThat(report.summary("X", 1))
        .isEqualTo("X: 16 cases, 4 kernels right, 3 cases wrong, 9 skipped, 0 not run (1.0 s)");
    assertThat(report.full())
        .contains("address 0\n  of nothing")
        .contains("ended with 139 during kernels [k2]")
        .contains("ended with 137 during kernels [k3]");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void noKernelIsToBlameWhereTimeIsOut() {
    FamilyReport report =
        new FamilyProcess(Family.ATTENTION_LONG, FaultyMain.class, 50)
            .run(System.nanoTime() + TimeUnit.SECONDS.toNanos(5));

    assertThat(report.isGood()).isFalse();
    assertThat(report.broken()).doesNotContain("k3");
    assertThat(report.full()).contains("out of time after").doesNotContain("[k3]");
  }
}
