package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Steps that overlap, as they do on a GPU, and what a listener hears of them.
class StepRecordTest {

  @Test
  void stepsAreToldInOrderWithTheirContexts() {
    List<StepRecord> steps = new CopyOnWriteArrayList<>();
    LaggingDevice lagging = new LaggingDevice(new CpuDevice(new Workers(1)));
    GenerationRequest request =
        GenerationRequest.builder(1, 2, 3)
            .maxOutputTokens(5)
            .endIds(List.of())
            .withoutText()
            .keepTokenTimes()
            .build();
    long counted;
    try (Engine engine =
            new Engine(new LlamaImage(LlamaShape.TINY, 4), lagging, Optional.empty(), () -> {});
        Session session = engine.newSession(SessionOptions.DEFAULT.withSteps(steps::add))) {
      TokenTimes times = session.generate(request).times().orElseThrow();
      assertThat(times.published()).hasSize(5).isSorted();
      counted = session.metrics().value(Counter.STEPS);
    }

    assertThat(lagging.overlaps()).isPositive();
    assertThat(steps).hasSize(5);
    assertThat(counted).isEqualTo(5);
    assertThat(steps).extracting(StepRecord::number).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(steps).extracting(StepRecord::contextTokens).containsExactly(3L, 4L, 5L, 6L, 7L);
    assertThat(steps).extracting(StepRecord::promptTokens).containsExactly(3, 0, 0, 0, 0);
    assertThat(steps).allMatch(step -> step.nanos() >= 0);
  }

  @Test
  void timesAreKeptOnlyForWhoAsks() {
    try (Engine engine = SmallEngine.of(LlamaShape.TINY, 1);
        Session session = engine.newSession()) {
      assertThat(session.generate("Hello").times()).isEmpty();
    }
  }
}
