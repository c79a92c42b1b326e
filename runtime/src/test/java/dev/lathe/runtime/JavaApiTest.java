package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.sample.SamplingParameters;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of `docs/java-api.md`, so that it compiles and runs.
class JavaApiTest {

  @Test
  void theExampleOfTheDocumentationRuns() {
    List<String> prompts = List.of("one", "two", "three");
    StringBuilder printed = new StringBuilder();
    try (Engine engine = SmallEngine.of(LlamaShape.TINY, 1);
        Session session = engine.newSession()) {

      printed.append(session.generate("Once upon a time").text());

      GenerationRequest request =
          GenerationRequest.builder("Once upon a time")
              .maxOutputTokens(50)
              .sampling(
                  SamplingParameters.builder().topK(0).topP(0.9f).temperature(0.8f).seed(7).build())
              .stopWords(List.of("\n\n"))
              .build();

      for (TokenPiece piece : session.submit(request)) {
        printed.append(piece.text());
      }

      List<TokenStream> streams =
          prompts.stream()
              .map(prompt -> session.submit(GenerationRequest.builder(prompt).build()))
              .toList();
      streams.forEach(stream -> printed.append(stream.await().text()));
      assertThat(streams).allMatch(stream -> stream.await().tokens().size() == 64);
    }
    assertThat(printed).isNotEmpty();
  }
}
