package dev.lathe.runtime.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.runtime.Engine;
import dev.lathe.runtime.GenerationRequest;
import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PerplexityTest {

  @Test
  void isTheMeanLossOverFullWindows() {
    int[] ids = new Random(6).ints(107, 0, 256).toArray();
    try (Engine engine =
            new Engine(
                new LlamaImage(LlamaShape.TINY, 9),
                new CpuDevice(new Workers(1)),
                Optional.empty(),
                () -> {});
        Session session = engine.newSession()) {
      double loss = 0;
      for (int window = 0; window < 5; window++) {
        int[] part = Arrays.copyOfRange(ids, window * 20, window * 20 + 20);
        List<float[]> rows =
            session
                .generate(
                    GenerationRequest.builder(part)
                        .maxOutputTokens(1)
                        .withoutText()
                        .keepContextLogits()
                        .build())
                .contextLogits();
        for (int i = 0; i < 19; i++) {
          double sum = 0;
          for (float logit : rows.get(i)) {
            sum += Math.exp(logit);
          }
          loss += Math.log(sum) - rows.get(i)[part[i + 1]];
        }
      }

      Perplexity perplexity = Perplexity.measure(session, ids, 20);

      assertThat(perplexity.tokensScored()).isEqualTo(95);
      assertThat(perplexity.loss()).isCloseTo(loss / 95, within(1e-9));
      assertThat(perplexity.value()).isCloseTo(Math.exp(loss / 95), within(1e-6));
      assertThatThrownBy(() -> Perplexity.measure(session, ids, 108))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theLossSurvivesGreatLogits() {
    assertThat(Perplexity.loss(new float[] {1000, 1000, -1000}, 1))
        .isCloseTo(Math.log(2), within(1e-12));
  }
}
