package dev.lathe.engine.v1;

import dev.lathe.engine.type.Sizes;

/// The batches that a plan serves. The runtime takes the first plan that fits.
///
/// @param name `decode.8`, `mixed`: names the plan file
/// @param kind shape of the batches
/// @param max greatest sizes; buffers are laid out for these
/// @param greedy true: the plan gives the token of the greatest logit of each row and no logits;
///     for batches in which nothing else is wanted
public record Profile(String name, Kind kind, Sizes max, boolean greedy) {

  /// With logits.
  public Profile(String name, Kind kind, Sizes max) {
    this(name, kind, max, false);
  }

  /// Shapes of batches.
  public enum Kind {
    /// Each sequence has one token, and each token a row of logits: T = S = R.
    DECODE,
    /// Prompt chunks and single tokens in one batch.
    MIXED
  }

  /// True if a batch of this shape and these sizes, of which logits are wanted, can run under this
  /// profile.
  public boolean fits(Kind batchKind, Sizes sizes) {
    return fits(batchKind, false, sizes);
  }

  /// True if a batch of this shape and these sizes can run under this profile.
  ///
  /// @param greedyBatch true if the token of the greatest logit of each row is all that is wanted
  public boolean fits(Kind batchKind, boolean greedyBatch, Sizes sizes) {
    return (kind == Kind.MIXED || batchKind == Kind.DECODE)
        && (greedyBatch || !greedy)
        && sizes.tokens() <= max.tokens()
        && sizes.sequences() <= max.sequences()
        && sizes.logitRows() <= max.logitRows();
  }
}
