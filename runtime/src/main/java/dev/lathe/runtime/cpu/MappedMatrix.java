package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;

/// A matrix `(rows, columns)` that stays in the engine file and is widened row by row: the
/// embedding table.
public final class MappedMatrix implements HostTensor {
  private final MemorySegment segment;
  private final DType dtype;
  private final int rows;
  private final int columns;

  public MappedMatrix(MemorySegment segment, DType dtype, int rows, int columns) {
    this.segment = segment;
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /// Copies elements `from` to `from + count` of a row, as floats.
  void copyRow(int row, int from, int count, float[] target, int at) {
    Rounding.widen(segment, dtype, (long) row * columns + from, count, target, at);
  }
}
