package dev.lathe.runtime.measure;

import dev.lathe.engine.type.Sizes;
import dev.lathe.runtime.metrics.StepRecord;

/// The sizes of a step, and how much of the KV cache its sequences have. All sequences count as
/// equally long.
///
/// @param contextTokens sum over the sequences of their tokens in the KV cache, the step's own
///     included
public record Workload(Sizes sizes, long contextTokens) {

  /// A step in which each of `sequences` sequences computes one token.
  public static Workload decode(long sequences, long contextTokens) {
    return new Workload(new Sizes(sequences, sequences, sequences), contextTokens);
  }

  /// What a step had to do. Each sequence counts with one row of logits.
  static Workload of(StepRecord step) {
    Sizes sizes = new Sizes(step.tokens(), step.sequences(), step.sequences());
    return new Workload(sizes, step.contextTokens());
  }

  /// Keys that attention with the given window reads, over all sequences; window 0: no window.
  double keysRead(int window) {
    double own = ownTokens();
    double context = context();
    return sizes.sequences() * (window == 0 ? context : Math.min(context, window + own - 1));
  }

  /// Pairs of a query and a key that attention looks at, over all sequences.
  double pairs(int window, boolean causal) {
    double own = ownTokens();
    double all = own * context();
    double seen = causal ? all - own * (own - 1) / 2 : all;
    return sizes.sequences() * (window == 0 ? seen : Math.min(seen, own * window));
  }

  private double ownTokens() {
    return (double) sizes.tokens() / Math.max(1, sizes.sequences());
  }

  private double context() {
    return (double) contextTokens / Math.max(1, sizes.sequences());
  }
}
