package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.sample.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Steps that begin before the tokens of the last one are known.
class OverlapTest {
  private final LaggingDevice lagging = new LaggingDevice(new CpuDevice(new Workers(1)));
  private final Engine late =
      new Engine(new LlamaImage(LlamaShape.TINY, 4), lagging, Optional.empty(), () -> {});
  private final Engine prompt = SmallEngine.of(LlamaShape.TINY, 1);

  @AfterEach
  void close() {
    late.close();
    prompt.close();
  }

  private static GenerationRequest.Builder request(Random random, int seed) {
    SamplingParameters.Builder sampling = SamplingParameters.builder().seed(seed);
    if (seed % 3 == 1) {
      sampling.topK(0).temperature(0.8f);
    }
    return GenerationRequest.builder(random.ints(1 + random.nextInt(60), 0, 256).toArray())
        .withoutText()
        .maxOutputTokens(random.nextInt(30))
        .sampling(sampling.build());
  }

  private static List<List<Integer>> run(
      Engine engine, int blockCount, List<GenerationRequest> requests) {
    try (Session session = engine.newSession(SmallEngine.blocks(blockCount))) {
      List<TokenStream> streams = requests.stream().map(session::submit).toList();
      List<List<Integer>> tokens = streams.stream().map(s -> s.await().tokens()).toList();
      long ended = session.metrics().value(Counter.FINISHED);
      assertThat(ended).isEqualTo(requests.size());
      return tokens;
    }
  }

  @Test
  void outputsAreThoseOfStepsOneAfterAnother() {
    Random random = new Random(4);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      requests.add(request(random, i).build());
    }
    List<List<Integer>> expected = run(prompt, 100, requests);

    assertThat(run(late, 100, requests)).isEqualTo(expected);
    assertThat(run(late, 30, requests)).as("with interruptions").isEqualTo(expected);
    assertThat(lagging.overlaps()).isGreaterThan(50);
  }

  @Test
  void penaltiesSeeEveryToken() {
    Random random = new Random(5);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      SamplingParameters.Builder sampling = SamplingParameters.builder().seed(i);
      if (i % 2 == 0) {
        sampling.repetitionPenalty(1.4f).noRepeatNgramSize(2);
      }
      requests.add(request(random, i).sampling(sampling.build()).build());
    }

    assertThat(run(late, 100, requests)).isEqualTo(run(prompt, 100, requests));
  }

  @Test
  void endTokensEndAnOutputAtOnceForItsReader() {
    GenerationRequest.Builder request =
        GenerationRequest.builder(3, 1, 4).withoutText().maxOutputTokens(20);
    try (Session session = late.newSession(SmallEngine.blocks(60))) {
      List<Integer> free = session.generate(request.build()).tokens();
      int end = free.get(5);
      GenerationResult result = session.generate(request.endIds(List.of(end)).build());

      assertThat(result.tokens()).isEqualTo(free.subList(0, free.indexOf(end) + 1));
      assertThat(result.finishReason()).isEqualTo(FinishReason.END_ID);
      assertThat(session.generate(request.endIds(List.of()).build()).tokens()).isEqualTo(free);
    }
  }

  @Test
  void logitsThatAreKeptAreThoseOfTheirStep() {
    int[] ids = new Random(2).ints(70, 0, 256).toArray();
    GenerationRequest request =
        GenerationRequest.builder(ids)
            .withoutText()
            .maxOutputTokens(10)
            .keepContextLogits()
            .keepGenerationLogits()
            .build();
    try (Session first = prompt.newSession(SmallEngine.blocks(60));
        Session second = late.newSession(SmallEngine.blocks(60))) {
      GenerationResult expected = first.generate(request);
      GenerationResult result = second.generate(request);

      assertThat(result.tokens()).isEqualTo(expected.tokens());
      for (int i = 0; i < 70; i++) {
        assertThat(result.contextLogits().get(i)).isEqualTo(expected.contextLogits().get(i));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(result.generationLogits().get(i)).isEqualTo(expected.generationLogits().get(i));
      }
    }
  }
}
