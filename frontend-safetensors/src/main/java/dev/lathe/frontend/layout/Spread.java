package dev.lathe.frontend.layout;

/// How the ranks of a tensor-parallel model share a tensor that an importer asks for. A weight is
/// `(rows, columns)`: outputs by inputs.
enum Spread {
  /// Every rank holds all of it.
  WHOLE,
  /// Each rank holds as many rows, in the order of the ranks.
  ROWS,
  /// Each rank holds as many columns. The bias of such a weight is whole.
  COLUMNS,
  /// As rows, the last of which are padding if the ranks do not divide the vocabulary.
  VOCABULARY,
  /// As the configuration says of the table of embeddings.
  EMBEDDING,
  /// As the table of embeddings, with positions in the place of the vocabulary.
  POSITIONS,
  /// The first rows of the rank's stack of queries, keys and values: the queries of its heads.
  QUERY,
  /// The keys of the rank's heads in the stack. Where there are fewer KV heads than ranks, some
  /// ranks hold the same one.
  KEY,
  /// The values of the rank's heads in the stack, as the keys.
  VALUE,
  /// All of the stack: the queries of all heads, then the keys, then the values.
  STACK,
  /// All of the stack, sorted by KV head: the queries that read it, its keys, its values.
  GROUPS,
  /// Of each rank's rows, the first half belongs to the second half of all rows, and the second to
  /// the first: up and gate, where importers ask for gate and up.
  PAIR,
  /// Of experts `(experts, rows, columns)`: each group of ranks holds some of them, each rank of it
  /// a pair of the rows of each.
  EXPERT_PAIR,
  /// Of experts: each group of ranks holds some of them, each rank of it columns of each.
  EXPERT_COLUMNS;

  /// How the bias of a weight that is spread so is spread.
  Spread ofBias() {
    return this == COLUMNS ? WHOLE : this;
  }
}
