package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.runtime.schedule.SchedulerLimits;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionAllocationTest {

  @Test
  void aSteadyDecodeTickAllocatesNothing() {
    Manifest manifest = new LlamaImage(LlamaShape.TINY, 1).manifest();
    SchedulerLimits limits = new SchedulerLimits(8, 64, 10_000, 20_000, 64, 5000);
    SessionLoop loop =
        new SessionLoop(
            new FakeExecutor(-1), manifest, limits, Policy.maxUtilization(), new SessionMetrics());
    for (int i = 0; i < 8; i++) {
      GenerationRequest request =
          GenerationRequest.builder(1, 2, i)
              .maxOutputTokens(1400)
              .withoutText()
              .sampling(SamplingParameters.builder().repetitionPenalty(1 + i % 2).build())
              .build();
      loop.submit(
          new Generation(
              request, 0, new int[] {1, 2, i}, manifest.model(), Optional.empty(), stream()));
    }
    for (int i = 0; i < 1100; i++) {
      loop.tick();
    }

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 200; i++) {
      loop.tick();
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 200).isLessThan(16);
  }

  private static TokenStream stream() {
    return new TokenStream(() -> {});
  }
}
