package dev.lathe.cli.run;

import picocli.CommandLine.Option;

/// How the next token is chosen. The defaults choose the likeliest.
final class SamplingOptions {
  @Option(
      names = "--temperature",
      order = 300,
      paramLabel = "X",
      description = "Divisor of the logits. Default: 1.")
  double temperature = 1;

  @Option(
      names = "--top_k",
      order = 301,
      paramLabel = "K",
      description = "Choose among the K likeliest; 0: all; 1 (default): the likeliest.")
  int topK = 1;

  @Option(
      names = "--top_p",
      order = 302,
      paramLabel = "P",
      description = "Choose among the likeliest that sum up to P; 0 (default): all.")
  double topP;

  @Option(
      names = "--min_p",
      order = 303,
      paramLabel = "P",
      description = "Choose among those with this part of the greatest probability. Default: 0.")
  double minP;

  @Option(
      names = "--random_seed",
      order = 304,
      paramLabel = "SEED",
      description = "Seed of the draws: equal seeds give equal outputs. Default: 0.")
  long seed;

  @Option(
      names = "--repetition_penalty",
      order = 305,
      paramLabel = "X",
      description = "Makes tokens that occurred less likely, above 1. Default: 1.")
  double repetitionPenalty = 1;

  @Option(
      names = "--presence_penalty",
      order = 306,
      paramLabel = "X",
      description = "Subtracted once from the logit of a generated token. Default: 0.")
  double presencePenalty;

  @Option(
      names = "--frequency_penalty",
      order = 307,
      paramLabel = "X",
      description = "Subtracted each time that the token was generated. Default: 0.")
  double frequencyPenalty;

  @Option(
      names = "--no_repeat_ngram_size",
      order = 308,
      paramLabel = "N",
      description = "No sequence of N tokens occurs twice; 0 (default): any may.")
  int noRepeatNgramSize;
}
