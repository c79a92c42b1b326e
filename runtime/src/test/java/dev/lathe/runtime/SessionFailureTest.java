package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SessionFailureTest {

  private static GenerationRequest request() {
    return GenerationRequest.builder(1, 2).maxOutputTokens(50).withoutText().build();
  }

  private static Session session(FakeExecutor device) {
    return new Engine(new LlamaImage(LlamaShape.TINY, 1), device, Optional.empty(), () -> {})
        .newSession();
  }

  @Test
  void aFailureOfTheDeviceEndsEveryStreamAndTheSession() {
    FakeExecutor device = new FakeExecutor(5);
    try (Session session = session(device)) {
      List<TokenStream> streams =
          IntStream.range(0, 20)
              .mapToObj(i -> trySubmit(session))
              .flatMap(Optional::stream)
              .toList();

      assertThat(streams).isNotEmpty();
      for (TokenStream stream : streams) {
        assertThatThrownBy(stream::await).hasMessage("the device is gone");
        stream.forEach(piece -> assertThat(piece.token()).isEqualTo(7));
      }
      assertThatThrownBy(() -> session.submit(request())).hasMessage("the device is gone");
    }
    assertThat(device.closed()).isTrue();
  }

  private static Optional<TokenStream> trySubmit(Session session) {
    try {
      return Optional.of(session.submit(request()));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  @Test
  void aListenerThatThrowsEndsItsOwnOutputOnly() {
    FakeExecutor device = new FakeExecutor(-1);
    try (Session session = session(device)) {
      TokenStream bad =
          session.submit(
              GenerationRequest.builder(1, 2)
                  .withoutText()
                  .contextLogits((position, logits) -> {
                    throw new IllegalArgumentException("not today");
                  })
                  .build());

      assertThatThrownBy(bad::await).hasMessage("not today");
      assertThat(session.generate(request()).tokens()).hasSize(50);
    }
  }
}
