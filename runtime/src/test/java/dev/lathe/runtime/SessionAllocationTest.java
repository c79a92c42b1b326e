package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.metrics.SessionMetrics;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.runtime.schedule.SchedulerLimits;
import dev.lathe.runtime.text.SmallTokenizers;
import dev.lathe.runtime.text.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionAllocationTest {

  private final Tokenizer tokenizer = new Tokenizer(SmallTokenizers.bytes());
  private final TextThread texts = new TextThread();

  @AfterEach
  void close() {
    texts.close();
    tokenizer.close();
  }

  @Test
  void aSteadyDecodeTickAllocatesNothing() {
    Manifest manifest = new LlamaImage(LlamaShape.TINY, 1).manifest();
    SchedulerLimits limits = new SchedulerLimits(8, 64, 10_000, 20_000, 64, 5000);
    SessionLoop loop =
        new SessionLoop(
            new FakeExecutor(-1),
            manifest,
            limits,
            Policy.maxUtilization(),
            new SessionMetrics(),
            texts,
            Optional.empty());
    for (int i = 0; i < 8; i++) {
      GenerationRequest request =
          GenerationRequest.builder(1, 2, i)
              .maxOutputTokens(1400)
              .withoutText()
              .sampling(SamplingParameters.builder().repetitionPenalty(1 + i % 2).build())
              .build();
      Optional<TextOutput> text =
          i < 4 ? Optional.empty() : Optional.of(new TextOutput(tokenizer, List.of()));
      loop.submit(
          new Generation(
              request,
              0,
              new int[] {1, 2, i},
              manifest.model(),
              text,
              new TokenStream(text, () -> {})));
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
}
