package dev.lathe.runtime;

import dev.lathe.engine.v1.StepOp.Heads;

/// Sizes of a model of the Llama kind, made by hand for tests.
public record LlamaShape(
    int vocabulary,
    int hidden,
    int intermediate,
    int layers,
    Heads heads,
    int tokensPerBlock,
    int maxBatchSize,
    int maxSequenceLength,
    int maxTokens,
    boolean contextLogits) {
  public static final LlamaShape TINY =
      new LlamaShape(257, 16, 24, 2, new Heads(2, 1, 8), 4, 8, 96, 40, true);
}
