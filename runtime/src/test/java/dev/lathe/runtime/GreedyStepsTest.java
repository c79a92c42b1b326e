package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.sample.SamplingParameters;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which steps may run without logits.
class GreedyStepsTest {
  private static GenerationRequest.Builder request() {
    return GenerationRequest.builder(1, 2).maxOutputTokens(20).withoutText();
  }

  private static GenerationRequest.Builder request(SamplingParameters.Builder sampling) {
    return request().sampling(sampling.build());
  }

  /// The device after all requests ran at the same time.
  private static FakeExecutor run(GenerationRequest.Builder... requests) {
    FakeExecutor device = new FakeExecutor(-1);
    try (Session session =
        new Engine(new LlamaImage(LlamaShape.TINY, 1), device, Optional.empty(), () -> {})
            .newSession()) {
      List<TokenStream> streams =
          Stream.of(requests).map(request -> session.submit(request.build())).toList();
      streams.forEach(TokenStream::await);
    }
    return device;
  }

  @Test
  void requestsThatTakeTheGreatestLogitNeedNoLogits() {
    FakeExecutor device = run(request(), request());

    assertThat(device.greedySteps()).isEqualTo(device.steps());
  }

  @Test
  void whatNeedsLogitsGetsThem() {
    assertThat(run(request(SamplingParameters.builder().topK(5))).greedySteps()).isZero();
    assertThat(run(request(SamplingParameters.builder().repetitionPenalty(1.2f))).greedySteps())
        .isZero();
    assertThat(run(request().keepGenerationLogits()).greedySteps()).isZero();
  }

  @Test
  void oneRequestThatSamplesIsEnough() {
    FakeExecutor device =
        run(
            request(SamplingParameters.builder().topK(0).temperature(0.8f)).maxOutputTokens(90),
            request(),
            request());

    assertThat(device.samplingSteps()).isPositive();
    assertThat(device.wronglyGreedySteps()).isZero();
  }
}
