package dev.lathe.runtime.cpu;

import java.util.ArrayList;
import java.util.List;

/// The weight `(N, K)` of a linear step, repacked for [PanelKernel]: panels of [#WIDTH] output
/// columns, in each one array a k, so that the inner loop runs over neighbouring columns.
public final class PackedMatrix implements HostTensor {
  /// Columns of a panel; the last may have fewer. A multiple of the interleaving of gate and up.
  static final int WIDTH = 256;

  private final int inputs;
  private final int outputs;
  private final float[][][] panels;

  private PackedMatrix(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.panels = new float[Math.ceilDiv(outputs, WIDTH)][][];
  }

  /// Copies some elements of a row of the matrix that is packed.
  interface RowSource {
    void copyRow(int row, int from, int count, float[] target, int at);
  }

  /// Packs a matrix of `outputs` rows and `inputs` columns.
  static PackedMatrix pack(int outputs, int inputs, RowSource rows, Workers workers) {
    PackedMatrix matrix = new PackedMatrix(inputs, outputs);
    workers.run(matrix.panels.length, (panel, worker) -> matrix.fill(panel, rows));
    return matrix;
  }

  /// Packs a row-major matrix `(N, K)`.
  public static PackedMatrix pack(FloatTensor matrix, Workers workers) {
    int columns = matrix.columns();
    return pack(
        matrix.rows(),
        columns,
        (row, from, count, target, at) ->
            System.arraycopy(matrix.data(), row * columns + from, target, at, count),
        workers);
  }

  /// Packs each of several matrices that lie one after the other.
  ///
  /// @param matrices copies some elements of a matrix, rows joined
  static List<PackedMatrix> packEach(
      int count, int outputs, int inputs, RowSource matrices, Workers workers) {
    List<PackedMatrix> packed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int matrix = i;
      packed.add(
          pack(
              outputs,
              inputs,
              (row, from, elements, target, at) ->
                  matrices.copyRow(matrix, row * inputs + from, elements, target, at),
              workers));
    }
    return packed;
  }

  /// Transposes in tiles of a few k, so that what is written stays in the cache.
  private void fill(int panel, RowSource rows) {
    int width = width(panel);
    float[][] columns = new float[inputs][width];
    float[] part = new float[64];
    for (int from = 0; from < inputs; from += part.length) {
      int count = Math.min(part.length, inputs - from);
      for (int n = 0; n < width; n++) {
        rows.copyRow(panel * WIDTH + n, from, count, part, 0);
        for (int k = 0; k < count; k++) {
          columns[from + k][n] = part[k];
        }
      }
    }
    panels[panel] = columns;
  }

  /// K.
  public int inputs() {
    return inputs;
  }

  /// N.
  public int outputs() {
    return outputs;
  }

  int panelCount() {
    return panels.length;
  }

  /// Columns of a panel.
  int width(int panel) {
    return Math.min(WIDTH, outputs - panel * WIDTH);
  }

  /// `(K, width)` of a panel.
  float[][] panel(int panel) {
    return panels[panel];
  }
}
