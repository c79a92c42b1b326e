package dev.lathe.engine.v1;

import dev.lathe.engine.type.Sizes;

/// The batches that a plan serves. The runtime takes the first plan that fits.
///
/// @param name `decode.8`, `mixed`: names the plan file
/// @param kind shape of the batches
/// @param max greatest sizes; buffers are laid out for these
public record Profile(String name, Kind kind, Sizes max) {

  /// Shapes of batches.
  public enum Kind {
    /// Each sequence has one token, and each token a row of logits: T = S = R.
    DECODE,
    /// Prompt chunks and single tokens in one batch.
    MIXED
  }

  /// True if a batch of this shape and these sizes can run under this profile.
  public boolean fits(Kind batchKind, Sizes sizes) {
    return (kind == Kind.MIXED || batchKind == Kind.DECODE)
        && sizes.tokens() <= max.tokens()
        && sizes.sequences() <= max.sequences()
        && sizes.logitRows() <= max.logitRows();
  }
}
