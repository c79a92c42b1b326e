package dev.lathe.runtime.plugin;

/// An operand of a custom op: the first dimension is that of the rows, all others together are that
/// of the columns. A weight of one dimension is one row. Integers are floats of the same value,
/// exact up to 2^24.
public interface CpuMatrix {

  int rows();

  int columns();

  /// Copies a row to the beginning of an array of at least as many elements as there are columns.
  void read(int row, float[] target);

  /// Stores a row from the beginning of an array, each element rounded once, to nearest even, to
  /// the dtype of the operand.
  ///
  /// @throws IllegalStateException if the operand is none that a step may write
  void store(int row, float[] values);
}
