package dev.lathe.codegen.kernel.attention;

/// Attention with one query row a sequence.
///
/// @param maxSequences greatest S, rounded up to a power of two
record DecodeProblem(AttentionProblem attention, long maxSequences) {
  /// Rows of a tile that hold query heads.
  private static final int TILE_HEADS = 16;

  /// Keys that a warp handles at a time.
  static final int KEYS = 16;

  /// Blocks among which the query heads of one KV head are divided: one up to 16 heads.
  int headBlocks() {
    return Math.ceilDiv(attention.heads().group(), TILE_HEADS);
  }

  /// Query heads of a block; the last one of a KV head may have fewer.
  int headsPerBlock() {
    return Math.ceilDiv(attention.heads().group(), headBlocks());
  }

  /// True if the lower half of a tile's rows holds heads.
  boolean usesLowerHalf() {
    return headsPerBlock() > TILE_HEADS / 2;
  }

  /// Elements of a head that one thread merges at a time.
  static final int MERGE_ELEMENTS = 4;

  /// Groups of elements that a block merges.
  int mergeGroups() {
    return headsPerBlock() * attention.headDim() / MERGE_ELEMENTS;
  }
}
