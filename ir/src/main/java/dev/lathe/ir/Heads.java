package dev.lathe.ir;

/// Query and key/value heads of an attention layer, and the elements of a head.
public record Heads(int query, int keyValue, int headDim) {
  public Heads {
    if (query <= 0 || keyValue <= 0 || headDim <= 0 || query % keyValue != 0) {
      throw new IllegalArgumentException(
          query + " query heads over " + keyValue + " KV heads of " + headDim + " elements");
    }
  }

  /// Columns of all query heads.
  public long queryColumns() {
    return (long) query * headDim;
  }

  /// Columns of all key heads; values have as many.
  public long keyValueColumns() {
    return (long) keyValue * headDim;
  }

  /// Columns of the merged projection [q, k, v].
  public long qkvColumns() {
    return queryColumns() + 2 * keyValueColumns();
  }
}
