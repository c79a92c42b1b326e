package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.TokenTimes;
import dev.lathe.runtime.metrics.StepRecord;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ServingFiguresTest {
  private static final Offset<Double> CLOSE = within(1e-9);

  private static RequestTimes request(long submittedMillis, int input, long... tokenMillis) {
    List<Long> published = LongStream.of(tokenMillis).map(ms -> ms * 1_000_000).boxed().toList();
    return new RequestTimes("r", input, new TokenTimes(submittedMillis * 1_000_000, published));
  }

  private static StepRecord step(int promptTokens, long startMillis, long endMillis) {
    return new StepRecord(
        0,
        promptTokens > 0 ? Profile.Kind.MIXED : Profile.Kind.DECODE,
        Math.max(1, promptTokens),
        promptTokens,
        1,
        10,
        0,
        0,
        startMillis * 1_000_000,
        endMillis * 1_000_000);
  }

  @Test
  void figuresFollowFromTheTimesOfTokens() {
    ServingFigures figures =
        ServingFigures.of(
            new Measurement(
                List.of(request(100, 30, 120, 130, 150), request(110, 10, 200)),
                List.of(step(30, 100, 120), step(0, 120, 150), step(10, 150, 200))));

    assertThat(figures.firstToken().mean()).isCloseTo((20 + 90) / 2.0, CLOSE);
    assertThat(figures.perToken().count()).as("one token has no time after it").isEqualTo(1);
    assertThat(figures.perToken().mean()).isCloseTo(15, CLOSE);
    assertThat(figures.betweenTokens().count()).isEqualTo(2);
    assertThat(figures.betweenTokens().greatest()).isCloseTo(20, CLOSE);
    assertThat(figures.latency().greatest()).isCloseTo(90, CLOSE);
    assertThat(figures.seconds()).isCloseTo(0.1, CLOSE);
    assertThat(figures.requests()).isCloseTo(20, CLOSE);
    assertThat(figures.outputTokens()).isCloseTo(40, CLOSE);
    assertThat(figures.allTokens()).isCloseTo(440, CLOSE);
    assertThat(figures.outputTokensOfUser()).isCloseTo((3 / 0.05 + 1 / 0.09) / 2, CLOSE);
    assertThat(figures.promptTokens()).isCloseTo(40 / 0.07, CLOSE);
  }
}
