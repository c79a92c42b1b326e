package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.SessionOptions;
import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadGeneratorTest {
  private final StepRecorder steps = new StepRecorder();
  private final Engine engine =
      new Engine(
          new LlamaImage(LlamaShape.TINY, 9),
          new CpuDevice(new Workers(1)),
          Optional.empty(),
          () -> {});
  private final Session session = engine.newSession(SessionOptions.DEFAULT.withSteps(steps));

  @AfterEach
  void close() {
    session.close();
    engine.close();
  }

  private static List<LoadRequest> requests(int count) {
    Random random = new Random(5);
    List<LoadRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> prompt = random.ints(4, 0, 256).boxed().toList();
      requests.add(new LoadRequest("r" + i, prompt, 1 + random.nextInt(9)));
    }
    return requests;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyRequestRunsToItsLengthAndHasATimeForEachToken(boolean streaming) {
    List<LoadRequest> requests = requests(12);

    Measurement measured =
        new LoadGenerator(session, steps, streaming).run(requests, new Arrival.Clients(3));

    assertThat(measured.requests()).extracting(RequestTimes::id).startsWith("r0", "r1").hasSize(12);
    for (int i = 0; i < 12; i++) {
      RequestTimes times = measured.requests().get(i);
      assertThat(times.outputTokens()).isEqualTo(requests.get(i).outputTokens());
      assertThat(times.times().published()).isSorted();
      assertThat(times.firstTokenNanos()).isPositive();
    }
    assertThat(measured.steps()).allMatch(step -> step.sequences() <= 3);
  }

  @Test
  void theRequestsOfAGroupStartTogetherAndTheNextGroupAfterThem() {
    Measurement measured =
        new LoadGenerator(session, steps, false).run(requests(6), new Arrival.Groups(3));

    List<StepRecord> prompts =
        measured.steps().stream().filter(step -> step.promptTokens() > 0).toList();
    assertThat(prompts).extracting(StepRecord::sequences).containsExactly(3, 3);
    assertThat(prompts).extracting(StepRecord::tokens).containsExactly(12, 12);
    long firstGroupEnded =
        measured.requests().subList(0, 3).stream()
            .mapToLong(request -> request.times().published().getLast())
            .max()
            .orElseThrow();
    assertThat(measured.requests().get(3).times().submitted()).isGreaterThan(firstGroupEnded);
  }

  @Test
  void stepsTileTheTimeOfAMeasurementAndHoldAllItsTokens() {
    Measurement measured =
        new LoadGenerator(session, steps, false).run(requests(5), new Arrival.Groups(5));

    List<StepRecord> taken = measured.steps();
    for (int i = 1; i < taken.size(); i++) {
      assertThat(taken.get(i).startNanos()).isEqualTo(taken.get(i - 1).endNanos());
    }
    long prompts = taken.stream().mapToLong(StepRecord::promptTokens).sum();
    long generated = taken.stream().mapToLong(step -> step.tokens() - step.promptTokens()).sum();
    assertThat(prompts).isEqualTo(measured.inputTokens());
    assertThat(generated).isEqualTo(measured.outputTokens() - 5);
  }

  @Test
  void whatRanBeforeIsNotCounted() {
    LoadGenerator generator = new LoadGenerator(session, steps, false);
    generator.run(requests(4), new Arrival.Groups(4));

    Measurement measured =
        generator.run(List.of(new LoadRequest("one", List.of(1, 2), 3)), new Arrival.Clients(1));

    assertThat(measured.steps()).hasSize(3);
    assertThat(measured.requests()).hasSize(1);
  }

  @Test
  void aRequestThatTheEngineCannotTakeEndsTheMeasurement() {
    List<LoadRequest> requests = new ArrayList<>(requests(3));
    requests.add(new LoadRequest("long", List.of(1), 5000));

    assertThatThrownBy(
            () -> new LoadGenerator(session, steps, false).run(requests, new Arrival.Clients(2)))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("5000");
  }
}
