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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sequences that start in blocks of others, on a model whose blocks hold 8 tokens.
class BlockReuseTest {
  private static final LlamaShape SHAPE =
      new LlamaShape(257, 16, 24, 2, LlamaShape.TINY.heads(), 8, 8, 200, 160, true);
  private static final int[] PROMPT = new Random(3).ints(100, 0, 256).toArray();

  private final Engine engine = engine(new CpuDevice(new Workers(1)));

  private static Engine engine(dev.lathe.runtime.device.Device device) {
    return new Engine(new LlamaImage(SHAPE, 4), device, Optional.empty(), () -> {});
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private Session reusing() {
    return engine.newSession(SmallEngine.blocks(60).withBlockReuse(true));
  }

  private static GenerationRequest.Builder request(int... prompt) {
    return GenerationRequest.builder(prompt)
        .endIds(List.of())
        .withoutText()
        .maxOutputTokens(20)
        .keepGenerationLogits();
  }

  private GenerationResult without(GenerationRequest request) {
    try (Session session = engine.newSession(SmallEngine.blocks(60))) {
      GenerationResult result = session.generate(request);
      assertThat(session.metrics().value(Counter.REUSED_TOKENS)).isZero();
      return result;
    }
  }

  /// Runs a request, and checks its output and how many of its tokens are computed.
  private void expect(Session session, GenerationRequest request, int computed, int reused) {
    long computedBefore = session.metrics().value(Counter.PROMPT_TOKENS);
    long reusedBefore = session.metrics().value(Counter.REUSED_TOKENS);
    GenerationResult expected = without(request);
    GenerationResult result = session.generate(request);

    assertThat(result.tokens()).isEqualTo(expected.tokens());
    for (int i = 0; i < expected.generationLogits().size(); i++) {
      assertThat(result.generationLogits().get(i)).isEqualTo(expected.generationLogits().get(i));
    }
    assertThat(session.metrics().value(Counter.PROMPT_TOKENS) - computedBefore)
        .as("tokens computed")
        .isEqualTo(computed);
    assertThat(session.metrics().value(Counter.REUSED_TOKENS) - reusedBefore)
        .as("tokens reused")
        .isEqualTo(reused);
    assertThat(session.metrics().state().freeBlocks()).isEqualTo(session.kvBlocks());
  }

  @Test
  void aPromptThatWasSeenIsNotComputedAgain() {
    try (Session session = reusing()) {
      expect(session, request(PROMPT).build(), 100, 0);
      expect(session, request(PROMPT).build(), 4, 96);
    }
  }

  @Test
  void theLastTokenOfAPromptOfFullBlocksIsComputed() {
    int[] prompt = IntStream.range(0, 96).toArray();
    try (Session session = reusing()) {
      expect(session, request(prompt).build(), 96, 0);
      expect(session, request(prompt).build(), 8, 88);
    }
  }

  @Test
  void oneTokenLeftMakesADecodeStep() {
    int[] prompt = IntStream.range(0, 97).toArray();
    try (Session session = reusing()) {
      expect(session, request(prompt).build(), 97, 0);
      expect(session, request(prompt).build(), 1, 96);
      assertThat(session.metrics().value(Counter.DECODE_STEPS)).isEqualTo(19 + 20);
    }
  }

  @Test
  void aTokenThatDiffersKeepsOnlyTheBlocksBeforeIt() {
    int[] other = PROMPT.clone();
    other[45] = (other[45] + 1) % 256;
    try (Session session = reusing()) {
      expect(session, request(PROMPT).build(), 100, 0);
      expect(session, request(other).build(), 60, 40);
      expect(session, request(other).build(), 4, 96);
      expect(session, request(PROMPT).build(), 4, 96);
    }
  }

  @Test
  void theNextTurnOfAConversationReusesWhatWasGenerated() {
    List<Integer> answer = without(request(PROMPT).build()).tokens();
    int[] next =
        IntStream.concat(
                IntStream.concat(IntStream.of(PROMPT), answer.stream().mapToInt(Integer::intValue)),
                IntStream.of(5, 6, 7))
            .toArray();
    try (Session session = reusing()) {
      expect(session, request(PROMPT).build(), 100, 0);
      // Of 120 tokens the last was never computed, so 14 blocks are full.
      expect(session, request(next).build(), 123 - 112, 112);
    }
  }

  @Test
  void whoWantsTheLogitsOfAPromptGetsAllOfThem() {
    GenerationRequest request = request(PROMPT).keepContextLogits().build();
    GenerationResult expected = without(request);
    try (Session session = reusing()) {
      expect(session, request(PROMPT).build(), 100, 0);
      GenerationResult result = session.generate(request);

      assertThat(result.contextLogits()).hasSize(100);
      for (int i = 0; i < 100; i++) {
        assertThat(result.contextLogits().get(i)).isEqualTo(expected.contextLogits().get(i));
      }
      assertThat(session.metrics().value(Counter.REUSED_TOKENS)).isZero();
    }
  }

  @Test
  void outputsOfAPromptThatStartTogetherAreComputedEach() {
    try (Session session = reusing()) {
      List<TokenStream> streams =
          session.submitAll(request(3, 1, 4, 1, 5, 9, 2, 6, 5).returnSequences(4).build());
      List<Integer> expected = without(request(3, 1, 4, 1, 5, 9, 2, 6, 5).build()).tokens();

      streams.forEach(stream -> assertThat(stream.await().tokens()).isEqualTo(expected));
      assertThat(session.metrics().value(Counter.REUSED_TOKENS)).isZero();
    }
  }

  @Test
  void outputsStayTheSameInACrowdWithInterruptionsAndLateTokens() {
    List<GenerationRequest> requests = crowd();
    List<List<Integer>> expected = run(engine, SmallEngine.blocks(200), requests);

    assertThat(run(engine, SmallEngine.blocks(200).withBlockReuse(true), requests))
        .isEqualTo(expected);
    try (Engine late = engine(new LaggingDevice(new CpuDevice(new Workers(1))))) {
      assertThat(run(late, SmallEngine.blocks(200).withBlockReuse(true), requests))
          .isEqualTo(expected);
      assertThat(run(late, SmallEngine.blocks(30).withBlockReuse(true), requests))
          .isEqualTo(expected);
    }
  }

  /// Requests whose prompts begin with parts of one text.
  private static List<GenerationRequest> crowd() {
    Random random = new Random(6);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int common = random.nextInt(PROMPT.length);
      int[] prompt =
          IntStream.concat(
                  IntStream.of(PROMPT).limit(common), random.ints(1 + random.nextInt(20), 0, 256))
              .toArray();
      SamplingParameters.Builder sampling = SamplingParameters.builder().seed(i);
      if (i % 3 == 1) {
        sampling.topK(0).temperature(0.8f);
      } else if (i % 3 == 2) {
        sampling.repetitionPenalty(1.3f);
      }
      requests.add(
          GenerationRequest.builder(prompt)
              .endIds(List.of())
              .withoutText()
              .maxOutputTokens(random.nextInt(40))
              .sampling(sampling.build())
              .build());
    }
    return requests;
  }

  private static List<List<Integer>> run(
      Engine engine, SessionOptions options, List<GenerationRequest> requests) {
    try (Session session = engine.newSession(options)) {
      List<TokenStream> streams = requests.stream().map(session::submit).toList();
      List<List<Integer>> tokens = streams.stream().map(s -> s.await().tokens()).toList();
      assertThat(session.metrics().value(Counter.REUSED_TOKENS) > 0)
          .isEqualTo(options.blockReuse());
      if (session.kvBlocks() == 30) {
        assertThat(session.metrics().value(Counter.PREEMPTIONS)).isPositive();
      }
      return tokens;
    }
  }
}
