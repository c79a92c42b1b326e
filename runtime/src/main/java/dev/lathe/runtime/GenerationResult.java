package dev.lathe.runtime;

import java.util.List;
import java.util.Optional;

/// A finished output.
///
/// @param tokens generated ids, an end token included
/// @param text of the tokens, without special tokens, end token and stop word; empty if none was
///     wanted
/// @param times of the tokens, if they were to be kept
/// @param contextLogits `(prompt tokens, V)` rows, empty unless they were to be kept
/// @param generationLogits `(output tokens, V)` rows, empty unless they were to be kept
public record GenerationResult(
    List<Integer> tokens,
    String text,
    FinishReason finishReason,
    Usage usage,
    Optional<TokenTimes> times,
    List<float[]> contextLogits,
    List<float[]> generationLogits) {
  public GenerationResult {
    tokens = List.copyOf(tokens);
    contextLogits = List.copyOf(contextLogits);
    generationLogits = List.copyOf(generationLogits);
  }

  GenerationResult withText(String newText) {
    return new GenerationResult(
        tokens, newText, finishReason, usage, times, contextLogits, generationLogits);
  }

  /// What an output took.
  ///
  /// @param firstTokenNanos from submission to the first token; 0 if there was none
  /// @param totalNanos from submission to the end
  public record Usage(int promptTokens, int outputTokens, long firstTokenNanos, long totalNanos) {}
}
