package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;

/// A row-major matrix of floats, whose values are those that its dtype can hold. The number of rows
/// changes from batch to batch; the array only grows.
public final class FloatTensor implements HostTensor {
  private final DType dtype;
  private float[] data;
  private int rows;
  private int columns;

  /// A tensor of `rows * columns` zeros.
  public FloatTensor(DType dtype, int rows, int columns) {
    this(dtype, rows, columns, new float[Math.multiplyExact(rows, columns)]);
  }

  /// A tensor over an array of at least `rows * columns` elements, which is not copied.
  public FloatTensor(DType dtype, int rows, int columns, float[] data) {
    if (!dtype.isFloat()) {
      throw new IllegalStateException("no float tensor can hold " + dtype);
    }
    this.dtype = dtype;
    this.data = data;
    shape(rows, columns);
  }

  /// A float32 vector over an array, which is not copied.
  public static FloatTensor vector(float... data) {
    return new FloatTensor(DType.F32, 1, data.length, data);
  }

  /// Gives the tensor another shape within its array.
  void shape(int newRows, int newColumns) {
    if (Math.multiplyExact(newRows, newColumns) > data.length) {
      throw new IllegalStateException(
          newRows + " x " + newColumns + " does not fit into " + data.length + " elements");
    }
    rows = newRows;
    columns = newColumns;
  }

  /// Gives the tensor another array and shape.
  void bind(float[] array, int newRows, int newColumns) {
    data = array;
    shape(newRows, newColumns);
  }

  public DType dtype() {
    return dtype;
  }

  /// The values; element `(r, c)` is at `r * columns + c`.
  public float[] data() {
    return data;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /// Rounds elements `from` to `to` (exclusive) of a row, as a store to memory would.
  void round(int row, int from, int to) {
    Rounding.round(dtype, data, row * columns + from, row * columns + to);
  }

  /// Rounds a row.
  void round(int row) {
    round(row, 0, columns);
  }
}
