package dev.lathe.cli.run;

import dev.lathe.cli.option.UsageError;
import dev.lathe.runtime.GenerationRequest;
import dev.lathe.runtime.LogitsListener;
import dev.lathe.runtime.sample.SamplingParameters;
import dev.lathe.runtime.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Makes requests of prompts, all with what the command line says of them.
final class RequestFactory {
  private static final int MAX_TOKENS = 1 << 24;
  private static final int OUTPUT_TOKENS = 64;

  private final RunOptions options;
  private final boolean encoder;
  private final Optional<Tokenizer> tokenizer;
  private final SamplingParameters sampling;

  /// @param encoder true if the model generates nothing
  RequestFactory(RunOptions options, boolean encoder, Optional<Tokenizer> tokenizer) {
    this.options = options;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.sampling = sampling(options.sampling);
  }

  /// To be called before an engine is loaded.
  ///
  /// @throws UsageError for an option out of its range
  static void checkRanges(RunOptions options) {
    UsageError.inRange("--max_output_len", options.prompts.maxOutputLength, 0, MAX_TOKENS);
    UsageError.inRange("--num_return_sequences", options.prompts.returnSequences, 1, 1024);
    UsageError.inRange("--end_id", options.prompts.endId, -1, MAX_TOKENS);
    double fraction = options.engine.kvMemoryFraction;
    UsageError.inRange("--kv_cache_free_gpu_memory_fraction", fraction, Double.MIN_NORMAL, 1);
    SamplingOptions sampling = options.sampling;
    UsageError.inRange("--temperature", sampling.temperature, 0, Float.MAX_VALUE);
    UsageError.inRange("--top_k", sampling.topK, 0, MAX_TOKENS);
    UsageError.inRange("--top_p", sampling.topP, 0, 1);
    UsageError.inRange("--min_p", sampling.minP, 0, 1);
    UsageError.inRange(
        "--repetition_penalty", sampling.repetitionPenalty, Float.MIN_NORMAL, Float.MAX_VALUE);
    UsageError.inRange("--presence_penalty", sampling.presencePenalty, -1000, 1000);
    UsageError.inRange("--frequency_penalty", sampling.frequencyPenalty, -1000, 1000);
    UsageError.inRange("--no_repeat_ngram_size", sampling.noRepeatNgramSize, 0, MAX_TOKENS);
  }

  private SamplingParameters sampling(SamplingOptions chosen) {
    return SamplingParameters.builder()
        .temperature((float) chosen.temperature)
        .topK(chosen.topK)
        .topP((float) chosen.topP)
        .minP((float) chosen.minP)
        .seed(chosen.seed)
        .repetitionPenalty((float) chosen.repetitionPenalty)
        .presencePenalty((float) chosen.presencePenalty)
        .frequencyPenalty((float) chosen.frequencyPenalty)
        .noRepeatNgramSize(chosen.noRepeatNgramSize)
        .badWords(badWords())
        .build();
  }

  /// Token sequences of each word, at the start of a text and after a space.
  private List<List<Integer>> badWords() {
    return options.prompts.badWords.stream()
        .flatMap(word -> Stream.of(word, " " + word))
        .map(word -> boxed(requireTokenizer("--bad_words").encode(word, false)))
        .distinct()
        .toList();
  }

  /// Token ids of a prompt.
  ///
  /// @throws UsageError if the prompt is a text and there is no tokenizer
  List<Integer> tokens(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text(String text) -> boxed(requireTokenizer("--input_text").encode(text));
      case Prompt.Tokens(List<Integer> ids) -> ids;
    };
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  private Tokenizer requireTokenizer(String option) {
    return tokenizer.orElseThrow(() ->
        new UsageError(
            option + " needs a tokenizer, and the engine has none",
            "name one with --tokenizer_dir, or give token ids with --input_file"));
  }

  /// The request for one prompt.
  ///
  /// @param tokenTypes kinds of the tokens, or none
  /// @param contextLogits takes the logits of the prompt's tokens
  GenerationRequest request(
      List<Integer> tokens, List<Integer> tokenTypes, Optional<LogitsListener> contextLogits) {
    GenerationRequest.Builder request =
        GenerationRequest.builder(tokens)
            .tokenTypes(tokenTypes)
            .maxOutputTokens(options.prompts.maxOutputLength.orElse(encoder ? 0 : OUTPUT_TOKENS))
            .sampling(sampling)
            .returnSequences(options.prompts.returnSequences);
    options.prompts.endId.ifPresent(id -> request.endIds(id < 0 ? List.of() : List.of(id)));
    contextLogits.ifPresent(request::contextLogits);
    if (options.results.generationLogits.isPresent()) {
      request.keepGenerationLogits();
    }
    if (tokenizer.isPresent()) {
      request.stopWords(options.prompts.stopWords);
    } else {
      request.withoutText();
      checkNoTextIsNeeded();
    }
    return request.build();
  }

  private void checkNoTextIsNeeded() {
    if (!options.prompts.stopWords.isEmpty()) {
      requireTokenizer("--stop_words");
    }
    if (options.results.expected.isPresent()) {
      requireTokenizer("--expect_contains");
    }
  }
}
