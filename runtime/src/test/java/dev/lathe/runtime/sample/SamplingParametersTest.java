package dev.lathe.runtime.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.ExitCode;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingParametersTest {

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("invalid-temperature", b -> b.temperature(-1)),
        mistake("invalid-temperature", b -> b.temperature(Float.NaN)),
        mistake("invalid-top-k", b -> b.topK(-1)),
        mistake("invalid-top-p", b -> b.topP(1.5f)),
        mistake("invalid-min-p", b -> b.minP(-0.1f)),
        mistake("invalid-repetition-penalty", b -> b.repetitionPenalty(0)),
        mistake("invalid-presence-penalty", b -> b.presencePenalty(Float.POSITIVE_INFINITY)),
        mistake("invalid-frequency-penalty", b -> b.frequencyPenalty(Float.NaN)),
        mistake("invalid-no-repeat-ngram-size", b -> b.noRepeatNgramSize(-1)),
        mistake("invalid-logit-bias", b -> b.logitBias(Map.of(1, Float.NaN))),
        mistake("invalid-bad-words", b -> b.badWords(List.of(List.of()))),
        mistake("invalid-min-tokens", b -> b.minTokens(-2)));
  }

  private static Arguments mistake(String code, UnaryOperator<SamplingParameters.Builder> change) {
    return Arguments.of(code, change);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aValueOutOfRangeIsAnErrorOfTheUser(
      String code, UnaryOperator<SamplingParameters.Builder> change) {
    SamplingParameters.Builder builder = change.apply(SamplingParameters.builder());

    assertThatThrownBy(builder::build)
        .isInstanceOfSatisfying(
            InvalidSamplingException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
            });
  }

  @Test
  void theDefaultIsGreedyAndAdjustsNothing() {
    assertThat(SamplingParameters.GREEDY.greedy()).isTrue();
    assertThat(SamplingParameters.GREEDY.adjusts()).isFalse();
  }

  @Test
  void temperatureZeroIsGreedy() {
    assertThat(SamplingParameters.builder().topK(0).temperature(0).build().greedy()).isTrue();
    assertThat(SamplingParameters.builder().topK(0).build().greedy()).isFalse();
  }
}
