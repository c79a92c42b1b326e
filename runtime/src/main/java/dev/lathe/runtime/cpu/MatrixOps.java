package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.Arrays;
import java.util.Optional;

/// Matrix products. A task is one panel of columns over a chunk of rows.
final class MatrixOps {
  private static final int ROWS_PER_TASK = 32;

  /// Part of a panel (`SLICE * 256 * 4` bytes) that is kept in the cache for all rows of a chunk.
  private static final int SLICE = 256;

  private final Workers workers;
  private final Scratch[] scratch;

  MatrixOps(Workers workers) {
    this.workers = workers;
    this.scratch = new Scratch[workers.threads()];
    for (int worker = 0; worker < scratch.length; worker++) {
      scratch[worker] = new Scratch();
    }
  }

  void linear(StepOp.Linear step, Operands operands) {
    Product product = new Product(step, operands);
    int chunks = Math.ceilDiv(product.in.rows(), ROWS_PER_TASK);
    int panels = product.weight.panelCount();
    long work = (long) product.in.rows() * product.weight.inputs() * product.weight.outputs();
    workers.run(
        chunks * panels,
        work,
        (task, worker) ->
            product.run(task / chunks, task % chunks * ROWS_PER_TASK, scratch[worker]));
  }

  /// What one thread works in.
  private static final class Scratch {
    private final float[][] sums = new float[ROWS_PER_TASK][PackedMatrix.WIDTH];
    private final float[] gates = new float[PackedMatrix.WIDTH];
    private final UnaryFunctions functions = new UnaryFunctions();
  }

  /// One linear step with its operands.
  private static final class Product {
    private final FloatTensor in;
    private final PackedMatrix weight;
    private final Optional<float[]> bias;
    private final Activation activation;
    private final float scale;
    private final Optional<float[]> residual;
    private final FloatTensor out;

    Product(StepOp.Linear step, Operands operands) {
      in = operands.floats(step.in());
      weight = operands.packed(step.weight());
      bias = step.bias().map(ref -> operands.floats(ref).data());
      activation = step.activation();
      scale = step.scale();
      residual = step.residual().map(ref -> operands.floats(ref).data());
      out = operands.floats(step.out());
      if (in.columns() != weight.inputs()) {
        throw new IllegalStateException(
            step.weight()
                + " takes "
                + weight.inputs()
                + " inputs, "
                + step.in()
                + " has "
                + in.columns());
      }
    }

    void run(int panel, int firstRow, Scratch scratch) {
      float[][] sums = scratch.sums;
      int width = weight.width(panel);
      int rows = Math.min(ROWS_PER_TASK, in.rows() - firstRow);
      for (int row = 0; row < rows; row++) {
        Arrays.fill(sums[row], 0, width, 0f);
      }
      for (int from = 0; from < weight.inputs(); from += SLICE) {
        int to = Math.min(weight.inputs(), from + SLICE);
        multiply(weight.panel(panel), from, to, firstRow, rows, width, sums);
      }
      for (int row = 0; row < rows; row++) {
        finish(firstRow + row, panel * PackedMatrix.WIDTH, width, sums[row], scratch);
      }
    }

    private void multiply(
        float[][] panel, int from, int to, int firstRow, int rows, int width, float[][] sums) {
      int stride = in.columns();
      int row = 0;
      for (; row + 4 <= rows; row += 4) {
        int offset = (firstRow + row) * stride + from;
        PanelKernel.addFourRows(in.data(), offset, stride, panel, from, to, width, sums, row);
      }
      for (; row < rows; row++) {
        int offset = (firstRow + row) * stride + from;
        PanelKernel.addRow(in.data(), offset, panel, from, to, width, sums[row]);
      }
    }

    /// Bias, activation, scale, residual, store.
    private void finish(int row, int column, int width, float[] sum, Scratch scratch) {
      if (bias.isPresent()) {
        float[] values = bias.get();
        for (int j = 0; j < width; j++) {
          sum[j] += values[column + j];
        }
      }
      int count = activate(sum, width, scratch);
      int first = count == width ? column : column / 2;
      int at = row * out.columns() + first;
      if (scale != 1) {
        for (int j = 0; j < count; j++) {
          sum[j] *= scale;
        }
      }
      if (residual.isPresent()) {
        float[] values = residual.get();
        for (int j = 0; j < count; j++) {
          sum[j] += values[at + j];
        }
      }
      System.arraycopy(sum, 0, out.data(), at, count);
      out.round(row, first, first + count);
    }

    /// Applies the activation in place and returns how many values are left.
    private int activate(float[] sum, int width, Scratch scratch) {
      if (activation.function().isEmpty()) {
        return width;
      }
      UnaryKind function = activation.function().get();
      if (!activation.gates()) {
        scratch.functions.apply(function, 0, sum, width);
        return width;
      }
      int half = width / 2;
      float[] gates = scratch.gates;
      for (int j = 0; j < half; j++) {
        gates[j] = sum[gate(j)];
      }
      scratch.functions.apply(function, 0, gates, half);
      for (int j = 0; j < half; j++) {
        sum[j] = gates[j] * sum[gate(j) + 8];
      }
      return half;
    }

    /// Column of the gate of result j: blocks of 8 gates and 8 ups take turns.
    private static int gate(int j) {
      return j / 8 * 16 + j % 8;
    }
  }
}
