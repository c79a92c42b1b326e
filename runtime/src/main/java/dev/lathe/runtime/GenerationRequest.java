package dev.lathe.runtime;

import dev.lathe.runtime.sample.SamplingParameters;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One prompt and what is wanted of it. Made by [#builder(String)] or [#builder(int[])].
///
/// @param prompt text or token ids
/// @param tokenTypes kinds of the prompt's tokens, for an encoder that tells kinds apart; empty:
///     all 0
/// @param maxOutputTokens 0 computes the prompt alone, for its logits
/// @param sampling how tokens are chosen
/// @param endIds tokens that end the output; empty: those of the model
/// @param stopWords texts that end the output; they are cut off
/// @param stopSequences token sequences that end the output
/// @param contextLogits takes the logits of all prompt tokens; the engine must be built for it
/// @param keepContextLogits whether the result holds them
/// @param keepGenerationLogits whether the result holds the logits of all generated tokens
/// @param keepTokenTimes whether the result holds the times of all tokens
/// @param returnSequences outputs of the same prompt, with seeds one apart
/// @param withText whether tokens are turned into text
public record GenerationRequest(
    Prompt prompt,
    List<Integer> tokenTypes,
    int maxOutputTokens,
    SamplingParameters sampling,
    Optional<List<Integer>> endIds,
    List<String> stopWords,
    List<List<Integer>> stopSequences,
    Optional<LogitsListener> contextLogits,
    boolean keepContextLogits,
    boolean keepGenerationLogits,
    boolean keepTokenTimes,
    int returnSequences,
    boolean withText) {

  /// @throws InvalidRequestException if a value is out of its range
  public GenerationRequest {
    tokenTypes = List.copyOf(tokenTypes);
    endIds = endIds.map(List::copyOf);
    stopWords = List.copyOf(stopWords);
    stopSequences = stopSequences.stream().map(List::copyOf).toList();
    InvalidRequestException.require(
        maxOutputTokens >= 0, "max-output-tokens", "max_output_len is " + maxOutputTokens);
    InvalidRequestException.require(
        returnSequences >= 1, "return-sequences", "num_return_sequences is " + returnSequences);
    InvalidRequestException.require(
        stopWords.stream().noneMatch(String::isEmpty)
            && stopSequences.stream().noneMatch(List::isEmpty),
        "stop-words",
        "a stop word is empty");
    InvalidRequestException.require(
        withText || stopWords.isEmpty(), "stop-words", "stop words are given, but no text is made");
  }

  /// What the output continues.
  public sealed interface Prompt {

    /// A text, to which the tokenizer adds its special tokens.
    record Text(String text) implements Prompt {}

    /// Token ids, taken as they are; at least one.
    record Tokens(List<Integer> ids) implements Prompt {
      public Tokens {
        ids = List.copyOf(ids);
      }
    }
  }

  /// A request for 64 tokens, chosen greedily, after a text.
  public static Builder builder(String text) {
    return new Builder(new Prompt.Text(text));
  }

  /// A request for 64 tokens, chosen greedily, after token ids.
  public static Builder builder(int... ids) {
    return builder(Arrays.stream(ids).boxed().toList());
  }

  /// A request for 64 tokens, chosen greedily, after token ids.
  public static Builder builder(List<Integer> ids) {
    return new Builder(new Prompt.Tokens(ids));
  }

  /// Sets one thing after the other; [#build()] checks them.
  public static final class Builder {
    private final Prompt prompt;
    private List<Integer> tokenTypes = List.of();
    private int maxOutputTokens = 64;
    private SamplingParameters sampling = SamplingParameters.GREEDY;
    private Optional<List<Integer>> endIds = Optional.empty();
    private List<String> stopWords = List.of();
    private List<List<Integer>> stopSequences = List.of();
    private Optional<LogitsListener> contextLogits = Optional.empty();
    private boolean keepContextLogits;
    private boolean keepGenerationLogits;
    private boolean keepTokenTimes;
    private int returnSequences = 1;
    private boolean withText = true;

    private Builder(Prompt prompt) {
      this.prompt = prompt;
    }

    /// Kinds of the prompt's tokens, as many as tokens, for an encoder: which of two sentences each
    /// belongs to.
    public Builder tokenTypes(List<Integer> value) {
      tokenTypes = value;
      return this;
    }

    public Builder maxOutputTokens(int value) {
      maxOutputTokens = value;
      return this;
    }

    public Builder sampling(SamplingParameters value) {
      sampling = value;
      return this;
    }

    /// Tokens that end the output instead of the model's own; an empty list: none.
    public Builder endIds(List<Integer> value) {
      endIds = Optional.of(value);
      return this;
    }

    public Builder stopWords(List<String> value) {
      stopWords = value;
      return this;
    }

    public Builder stopSequences(List<List<Integer>> value) {
      stopSequences = value;
      return this;
    }

    /// Hands the logits of all prompt tokens to a listener as they are computed.
    public Builder contextLogits(LogitsListener value) {
      contextLogits = Optional.of(value);
      return this;
    }

    /// Keeps the logits of all prompt tokens for the result.
    public Builder keepContextLogits() {
      keepContextLogits = true;
      return this;
    }

    /// Keeps the logits of all generated tokens for the result.
    public Builder keepGenerationLogits() {
      keepGenerationLogits = true;
      return this;
    }

    /// Keeps the time of each token for the result.
    public Builder keepTokenTimes() {
      keepTokenTimes = true;
      return this;
    }

    public Builder returnSequences(int value) {
      returnSequences = value;
      return this;
    }

    /// Leaves tokens as ids: for measurements, and for engines without a tokenizer.
    public Builder withoutText() {
      withText = false;
      return this;
    }

    /// @throws InvalidRequestException if a value is out of its range
    public GenerationRequest build() {
      return new GenerationRequest(
          prompt,
          tokenTypes,
          maxOutputTokens,
          sampling,
          endIds,
          stopWords,
          stopSequences,
          contextLogits,
          keepContextLogits,
          keepGenerationLogits,
          keepTokenTimes,
          returnSequences,
          withText);
    }
  }
}
