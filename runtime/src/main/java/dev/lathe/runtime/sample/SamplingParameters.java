package dev.lathe.runtime.sample;

import java.util.List;
import java.util.Map;

/// How tokens of one sequence are chosen. The default is greedy: the most likely token.
///
/// @param temperature divides the logits; 0 means greedy; at least 0
/// @param topK keep the k most likely tokens; 0: all; 1: greedy
/// @param topP keep the smallest set with this probability; 0: all; 0 to 1
/// @param minP keep what has this part of the greatest probability; 0: all; 0 to 1
/// @param seed of the random draws: equal requests with equal seeds give equal results
/// @param repetitionPenalty divides positive and multiplies negative logits of tokens that occurred
///     in prompt or output; 1: none; more than 0
/// @param presencePenalty subtracted once from the logits of tokens that were generated; -2 to 2 is
///     usual, any finite number is allowed
/// @param frequencyPenalty subtracted for each time that a token was generated
/// @param noRepeatNgramSize forbids to repeat a sequence of so many tokens; 0: allowed
/// @param logitBias added to the logit of a token
/// @param badWords token sequences that must not be generated, none of them empty
/// @param minTokens no end token is chosen before so many tokens were generated
public record SamplingParameters(
    float temperature,
    int topK,
    float topP,
    float minP,
    long seed,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    int noRepeatNgramSize,
    Map<Integer, Float> logitBias,
    List<List<Integer>> badWords,
    int minTokens) {

  public static final SamplingParameters GREEDY = builder().build();

  /// @throws InvalidSamplingException if a value is out of its range
  public SamplingParameters {
    logitBias = Map.copyOf(logitBias);
    badWords = badWords.stream().map(List::copyOf).toList();
    range("temperature", temperature, 0, Float.MAX_VALUE, "a finite number of at least 0");
    count("top_k", topK);
    range("top_p", topP, 0, 1, "between 0 and 1");
    range("min_p", minP, 0, 1, "between 0 and 1");
    range(
        "repetition_penalty",
        repetitionPenalty,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        "a finite number greater than 0");
    finite("presence_penalty", presencePenalty);
    finite("frequency_penalty", frequencyPenalty);
    count("no_repeat_ngram_size", noRepeatNgramSize);
    count("min_tokens", minTokens);
    logitBias
        .values()
        .forEach(bias ->
            range(
                "logit_bias",
                bias,
                Float.NEGATIVE_INFINITY,
                Float.MAX_VALUE,
                "a number or -infinity"));
    for (List<Integer> word : badWords) {
      InvalidSamplingException.require(
          !word.isEmpty(), "bad_words", word, "a list of token sequences, none of them empty");
    }
  }

  private static void range(String name, float value, float least, float greatest, String range) {
    InvalidSamplingException.require(value >= least && value <= greatest, name, value, range);
  }

  private static void finite(String name, float value) {
    InvalidSamplingException.require(Float.isFinite(value), name, value, "a finite number");
  }

  private static void count(String name, int value) {
    InvalidSamplingException.require(value >= 0, name, value, "at least 0");
  }

  /// True if the most likely token is always taken.
  public boolean greedy() {
    return topK == 1 || temperature == 0;
  }

  /// True if logits are changed before a token is chosen.
  public boolean adjusts() {
    return penalizes()
        || noRepeatNgramSize > 0
        || !logitBias.isEmpty()
        || !badWords.isEmpty()
        || minTokens > 0;
  }

  /// True if a logit depends on how often its token occurred.
  boolean penalizes() {
    return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Sets one parameter after the other; the record checks them.
  public static final class Builder {
    private float temperature = 1;
    private int topK = 1;
    private float topP;
    private float minP;
    private long seed;
    private float repetitionPenalty = 1;
    private float presencePenalty;
    private float frequencyPenalty;
    private int noRepeatNgramSize;
    private Map<Integer, Float> logitBias = Map.of();
    private List<List<Integer>> badWords = List.of();
    private int minTokens;

    private Builder() {}

    public Builder temperature(float value) {
      temperature = value;
      return this;
    }

    public Builder topK(int value) {
      topK = value;
      return this;
    }

    public Builder topP(float value) {
      topP = value;
      return this;
    }

    public Builder minP(float value) {
      minP = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder repetitionPenalty(float value) {
      repetitionPenalty = value;
      return this;
    }

    public Builder presencePenalty(float value) {
      presencePenalty = value;
      return this;
    }

    public Builder frequencyPenalty(float value) {
      frequencyPenalty = value;
      return this;
    }

    public Builder noRepeatNgramSize(int value) {
      noRepeatNgramSize = value;
      return this;
    }

    public Builder logitBias(Map<Integer, Float> value) {
      logitBias = value;
      return this;
    }

    public Builder badWords(List<List<Integer>> value) {
      badWords = value;
      return this;
    }

    public Builder minTokens(int value) {
      minTokens = value;
      return this;
    }

    /// @throws InvalidSamplingException if a value is out of its range
    public SamplingParameters build() {
      return new SamplingParameters(
          temperature,
          topK,
          topP,
          minP,
          seed,
          repetitionPenalty,
          presencePenalty,
          frequencyPenalty,
          noRepeatNgramSize,
          logitBias,
          badWords,
          minTokens);
    }
  }
}
