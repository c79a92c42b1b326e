package dev.lathe.runtime.measure;

import dev.lathe.runtime.GenerationRequest;
import java.util.List;

/// A request of a measurement: generates exactly `outputTokens` tokens, greedily, whatever they
/// are.
///
/// @param id names it in reports
/// @param prompt token ids, at least one
/// @param outputTokens at least 1
public record LoadRequest(String id, List<Integer> prompt, int outputTokens) {
  public LoadRequest {
    prompt = List.copyOf(prompt);
    if (prompt.isEmpty() || outputTokens < 1) {
      throw new IllegalArgumentException(prompt.size() + " and " + outputTokens + " tokens");
    }
  }

  GenerationRequest generation() {
    return GenerationRequest.builder(prompt)
        .maxOutputTokens(outputTokens)
        .endIds(List.of())
        .withoutText()
        .keepTokenTimes()
        .build();
  }
}
