package dev.lathe.runtime.cpu;

/// A vector or table of 32-bit integers: ids, positions, slots, block tables.
public final class IntTensor implements HostTensor {
  private int[] data;
  private int rows;
  private int columns;

  /// @param rows of the table; a vector has one column
  public IntTensor(int rows, int columns, int[] data) {
    this.data = data;
    this.rows = rows;
    this.columns = columns;
  }

  /// A vector `(n)` over an array, which is not copied.
  public static IntTensor vector(int... data) {
    return new IntTensor(data.length, 1, data);
  }

  void bind(int[] array, int newRows, int newColumns) {
    data = array;
    rows = newRows;
    columns = newColumns;
  }

  public int[] data() {
    return data;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }
}
