package dev.lathe.ir;

/// Ops that move elements and compute nothing.
public sealed interface MoveOp extends Op {

  /// `out[i] = table[ids[i]]`; an id outside the table gives a row of zeros. Result: `(n, H)` of
  /// the table's dtype.
  ///
  /// C1: ids are `(n)` i32. C2: table is `(V, H)` of a float dtype.
  record Embedding(Value ids, Value table) implements MoveOp, Op.RowWise {}

  /// Columns `begin` (inclusive) to `end` (exclusive). Result: `(n, end - begin)`.
  ///
  /// C1: in is a matrix. C2: 0 <= begin < end <= columns of in.
  record SliceColumns(Value in, long begin, long end) implements MoveOp, Op.RowWise {}

  /// `out[r] = in[rows[r]]`. Result: `(R, H)`.
  ///
  /// C1: in is a matrix `(T, H)`. C2: rows are `(R)` i32.
  record GatherRows(Value in, Value rows) implements MoveOp {}
}
