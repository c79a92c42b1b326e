package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.sample.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final Engine engine = SmallEngine.of(LlamaShape.TINY, 1);

  @AfterEach
  void close() {
    engine.close();
  }

  private static GenerationRequest.Builder tokens(int... ids) {
    return GenerationRequest.builder(ids).maxOutputTokens(20);
  }

  private static List<GenerationRequest> manyRequests() {
    Random random = new Random(8);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      SamplingParameters.Builder sampling = SamplingParameters.builder().seed(i);
      if (i % 3 == 1) {
        sampling.topK(0).topP(0.9f).temperature(0.8f);
      } else if (i % 3 == 2) {
        sampling.repetitionPenalty(1.3f).frequencyPenalty(0.2f).noRepeatNgramSize(3);
      }
      requests.add(
          GenerationRequest.builder(random.ints(1 + random.nextInt(60), 0, 256).toArray())
              .maxOutputTokens(1 + random.nextInt(30))
              .sampling(sampling.build())
              .build());
    }
    return requests;
  }

  private List<List<Integer>> oneByOne(List<GenerationRequest> requests) {
    try (Session session = engine.newSession(SmallEngine.blocks(100))) {
      return requests.stream().map(request -> session.generate(request).tokens()).toList();
    }
  }

  @Test
  void outputsDoNotDependOnWhatElseRunsNorOnInterruptions() {
    List<GenerationRequest> requests = manyRequests();

    try (Session session = engine.newSession(SmallEngine.blocks(30))) {
      List<TokenStream> streams = requests.stream().map(session::submit).toList();
      List<List<Integer>> together =
          streams.stream().map(stream -> stream.await().tokens()).toList();
      assertThat(together).isEqualTo(oneByOne(requests));
      assertThat(session.metrics().value(Counter.PREEMPTIONS)).isPositive();
    }
  }

  @Test
  void threadsDoNotChangeOutputs() {
    List<GenerationRequest> requests = manyRequests().subList(0, 6);
    try (Engine threaded = SmallEngine.of(LlamaShape.TINY, 3);
        Session session = threaded.newSession(SmallEngine.blocks(100))) {
      List<TokenStream> streams = requests.stream().map(session::submit).toList();

      assertThat(streams.stream().map(stream -> stream.await().tokens()).toList())
          .isEqualTo(oneByOne(requests));
    }
  }

  @Test
  void piecesOfAStreamAreTheText() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      TokenStream stream =
          session.submit(GenerationRequest.builder("Hello").maxOutputTokens(40).build());
      StringBuilder text = new StringBuilder();
      List<Integer> ids = new ArrayList<>();
      for (TokenPiece piece : stream) {
        text.append(piece.text());
        if (!piece.isRest()) {
          ids.add(piece.token());
        }
      }
      GenerationResult result = stream.await();
      assertThat(text.toString()).isEqualTo(result.text()).isNotEmpty();
      assertThat(ids).isEqualTo(result.tokens()).hasSize(40);
      assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(result.usage().promptTokens()).isEqualTo(5);
      assertThat(result.usage().outputTokens()).isEqualTo(40);
      assertThat(result.usage().firstTokenNanos())
          .isPositive()
          .isLessThanOrEqualTo(result.usage().totalNanos());
    }
  }

  @Test
  void endsAtAnEndTokenWhichGivesNoText() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      List<Integer> free = session.generate(tokens(3, 1, 4).build()).tokens();
      int end = free.get(5);
      int first = free.indexOf(end);

      GenerationResult result = session.generate(tokens(3, 1, 4).endIds(List.of(end)).build());

      assertThat(result.tokens()).isEqualTo(free.subList(0, first + 1));
      assertThat(result.finishReason()).isEqualTo(FinishReason.END_ID);
    }
  }

  @Test
  void minTokensKeepsEndTokensAway() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      int end = session.generate(tokens(3, 1, 4).build()).tokens().getFirst();
      GenerationResult result =
          session.generate(
              tokens(3, 1, 4)
                  .endIds(List.of(end))
                  .sampling(SamplingParameters.builder().minTokens(4).build())
                  .build());

      assertThat(result.tokens()).hasSizeGreaterThanOrEqualTo(4);
      assertThat(result.tokens().subList(0, 4)).doesNotContain(end);
    }
  }

  @Test
  void endsAtAStopWordWhichIsCutOff() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      GenerationRequest.Builder request = GenerationRequest.builder("stop").maxOutputTokens(60);
      String free = session.generate(request.build()).text();
      String word = free.substring(10, 12);

      GenerationResult result = session.generate(request.stopWords(List.of(word)).build());

      assertThat(result.text()).isEqualTo(free.substring(0, free.indexOf(word)));
      assertThat(result.finishReason()).isEqualTo(FinishReason.STOP_WORD);
      assertThat(result.tokens()).hasSizeLessThan(60);
    }
  }

  @Test
  void endsAtAStopSequence() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      List<Integer> free = session.generate(tokens(9).build()).tokens();
      GenerationResult result =
          session.generate(tokens(9).stopSequences(List.of(free.subList(3, 5))).build());

      assertThat(result.finishReason()).isEqualTo(FinishReason.STOP_WORD);
      assertThat(result.tokens()).endsWith(free.get(3), free.get(4)).hasSizeLessThanOrEqualTo(5);
    }
  }

  @Test
  void manyOutputsOfAPromptHaveSeedsOneApart() {
    SamplingParameters sampling = SamplingParameters.builder().topK(0).seed(7).build();
    SamplingParameters next = SamplingParameters.builder().topK(0).seed(8).build();
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      List<TokenStream> streams =
          session.submitAll(tokens(1, 2).sampling(sampling).returnSequences(2).build());

      assertThat(streams.get(0).await().tokens())
          .isEqualTo(session.generate(tokens(1, 2).sampling(sampling).build()).tokens())
          .isNotEqualTo(streams.get(1).await().tokens());
      assertThat(streams.get(1).await().tokens())
          .isEqualTo(session.generate(tokens(1, 2).sampling(next).build()).tokens());
    }
  }

  @Test
  void logitsOfAPromptAreTheSameInChunksAndInterrupted() {
    int[] prompt = new Random(2).ints(70, 0, 256).toArray();
    GenerationRequest request = tokens(prompt).keepContextLogits().keepGenerationLogits().build();
    try (Session alone = engine.newSession(SmallEngine.blocks(60));
        Session crowded = engine.newSession(SmallEngine.blocks(30))) {
      List<TokenStream> others = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        others.add(crowded.submit(tokens(IntStream.range(0, 30 + i).toArray()).build()));
      }
      GenerationResult expected = alone.generate(request);
      GenerationResult result = crowded.generate(request);
      others.forEach(TokenStream::await);

      assertThat(result.contextLogits()).hasSize(70);
      for (int i = 0; i < 70; i++) {
        assertThat(result.contextLogits().get(i)).isEqualTo(expected.contextLogits().get(i));
      }
      assertThat(result.generationLogits()).hasSize(20);
      assertThat(result.generationLogits().getFirst()).isEqualTo(result.contextLogits().getLast());
      assertThat(result.tokens()).isEqualTo(expected.tokens());
    }
  }

  @Test
  void aRequestForNoOutputComputesThePrompt() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      GenerationResult result =
          session.generate(tokens(1, 2, 3).maxOutputTokens(0).keepContextLogits().build());

      assertThat(result.tokens()).isEmpty();
      assertThat(result.contextLogits()).hasSize(3);
      assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void cancelEndsAnOutputWithWhatThereIs() {
    try (Session session = engine.newSession(SmallEngine.blocks(200))) {
      TokenStream stream = session.submit(tokens(5).maxOutputTokens(90).build());
      stream.iterator().next();
      stream.cancel();
      stream.cancel();

      GenerationResult result = stream.await();
      assertThat(result.tokens()).hasSizeBetween(1, 90);
      if (result.tokens().size() < 90) {
        assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
      }
    }
  }

  @Test
  void closeWaitsForWhatWasSubmittedAndRefusesMore() {
    Session session = engine.newSession(SmallEngine.blocks(60));
    List<TokenStream> streams =
        IntStream.range(0, 12).mapToObj(i -> session.submit(tokens(i).build())).toList();
    session.close();

    assertThat(streams).allMatch(stream -> stream.result().isPresent());
    assertThatThrownBy(() -> session.submit(tokens(1).build()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void countsWhatItDoes() {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      session.generate(tokens(1, 2, 3).build());

      assertThat(session.metrics().value(Counter.PROMPT_TOKENS)).isEqualTo(3);
      assertThat(session.metrics().value(Counter.OUTPUT_TOKENS)).isEqualTo(20);
      assertThat(session.metrics().value(Counter.STEPS)).isEqualTo(20);
      assertThat(session.metrics().value(Counter.DECODE_STEPS)).isEqualTo(19);
      assertThat(session.metrics().value(Counter.FINISHED)).isOne();
      assertThat(session.metrics().state().freeBlocks()).isEqualTo(60);
    }
  }

  @Test
  void refusesRequestsThatTheEngineCannotServe() {
    try (Session session = engine.newSession(SmallEngine.blocks(10))) {
      assertCode(session, tokens(1, 257).build(), "invalid-token-id");
      assertCode(session, tokens(-1).build(), "invalid-token-id");
      assertCode(session, tokens().build(), "invalid-prompt");
      assertCode(session, tokens(1).maxOutputTokens(96).build(), "sequence-too-long");
      assertCode(session, tokens(1).maxOutputTokens(80).build(), "kv-pool-too-small");
    }
  }

  @Test
  void refusesTextWithoutATokenizerAndLogitsThatTheEngineDoesNotGive() {
    LlamaShape tiny = LlamaShape.TINY;
    LlamaShape silent = new LlamaShape(257, 16, 24, 2, tiny.heads(), 4, 8, 96, 40, false);
    try (Engine bare =
            new Engine(
                new LlamaImage(silent, 4),
                new CpuDevice(new Workers(1)),
                Optional.empty(),
                () -> {});
        Session session = bare.newSession(SmallEngine.blocks(40))) {
      assertCode(session, GenerationRequest.builder("a").build(), "invalid-tokenizer");
      assertCode(
          session, tokens(1).withoutText().keepContextLogits().build(), "invalid-context-logits");
      assertThat(session.generate(tokens(1).withoutText().build()).tokens()).hasSize(20);
    }
  }

  private static void assertCode(Session session, GenerationRequest request, String code) {
    assertThatThrownBy(() -> session.submit(request))
        .isInstanceOfSatisfying(LatheException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void requestsAreCheckedWhenTheyAreMade() {
    assertThatThrownBy(() -> tokens(1).maxOutputTokens(-1).build())
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> tokens(1).returnSequences(0).build())
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> tokens(1).stopWords(List.of("")).build())
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> tokens(1).withoutText().stopWords(List.of("a")).build())
        .isInstanceOf(InvalidRequestException.class);
  }
}
