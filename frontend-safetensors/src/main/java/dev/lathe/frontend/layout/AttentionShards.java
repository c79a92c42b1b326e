package dev.lathe.frontend.layout;

import dev.lathe.frontend.config.ConfigFields;

/// How the heads of attention are dealt out to ranks: evenly. Where there are fewer KV heads than
/// ranks, ranks in a row share one.
///
/// @param shards ranks that share a layer
record AttentionShards(int heads, int keyValueHeads, int headDim, int shards) {
  private static final int MAX_SIZE = 1 << 24;

  static AttentionShards read(ConfigFields fields, int shards) {
    int heads = fields.requiredInteger("num_attention_heads", 1, MAX_SIZE);
    int keyValueHeads = fields.integer("num_key_value_heads", 1, heads).orElse(heads);
    int hidden = fields.requiredInteger("hidden_size", 1, MAX_SIZE);
    int headDim = fields.integer("head_size", 1, MAX_SIZE).orElse(hidden / heads);
    if (heads % shards != 0) {
      throw undivided(fields, "num_attention_heads", heads, shards);
    }
    if (keyValueHeads % shards != 0 && shards % keyValueHeads != 0) {
      throw undivided(fields, "num_key_value_heads", keyValueHeads, shards);
    }
    return new AttentionShards(heads, keyValueHeads, headDim, shards);
  }

  private static RuntimeException undivided(
      ConfigFields fields, String field, int count, int shards) {
    return Parallelism.conflict(
        fields.at(field)
            + " is "
            + count
            + ", which the mapping's tp_size "
            + shards
            + " does not divide");
  }

  /// Rows of queries in the stack of a rank.
  long queryRows() {
    return (long) heads / shards * headDim;
  }

  /// Rows of keys, and of values, in the stack of a rank.
  long keyValueRows() {
    return (long) Math.max(1, keyValueHeads / shards) * headDim;
  }

  /// Rows of the keys of all ranks, each once.
  long allKeyRows() {
    return (long) keyValueHeads * headDim;
  }

  long stackRows() {
    return queryRows() + 2 * keyValueRows();
  }

  /// Ranks in a row that hold the same keys and values.
  int sharing() {
    return Math.max(1, shards / keyValueHeads);
  }
}
