package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    Product product =
        new Product(
            operands.floats(step.in()),
            operands.packed(step.weight()),
            step.bias().map(ref -> operands.floats(ref).data()),
            step.activation(),
            step.scale(),
            step.residual().map(ref -> operands.floats(ref).data()),
            operands.floats(step.out()));
    requireInputs(step.weight(), product.weight, step.in(), product.in);
    run(List.of(new Part(product, 0, product.in.rows())));
  }

  private static void requireInputs(Ref weight, PackedMatrix matrix, Ref in, FloatTensor rows) {
    if (matrix.inputs() != rows.columns()) {
      throw new IllegalStateException(
          "%s takes %d inputs, %s has %d".formatted(weight, matrix.inputs(), in, rows.columns()));
    }
  }

  /// Each expert multiplies its own rows, all of them side by side.
  /// The results of which only the greatest of each row counts, in memory of their own.
  FloatTensor product(StepOp.LinearArgmax step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    PackedMatrix weight = operands.packed(step.weight());
    FloatTensor out = new FloatTensor(DType.F32, in.rows(), weight.outputs());
    Product product =
        new Product(
            in,
            weight,
            step.bias().map(ref -> operands.floats(ref).data()),
            Activation.NONE,
            step.scale(),
            Optional.empty(),
            out);
    requireInputs(step.weight(), weight, step.in(), in);
    run(List.of(new Part(product, 0, in.rows())));
    return out;
  }

  void groupedLinear(StepOp.GroupedLinear step, Operands operands) {
    FloatTensor out = operands.floats(step.out());
    FloatTensor source = operands.floats(step.in());
    FloatTensor in =
        step.rows().map(rows -> gathered(source, operands.ints(rows), out.rows())).orElse(source);
    int[] starts = operands.ints(step.starts()).data();
    List<PackedMatrix> experts = operands.packedExperts(step.weight(), in.columns());
    List<Part> parts = new ArrayList<>();
    for (int expert = 0; expert < experts.size(); expert++) {
      PackedMatrix weight = experts.get(expert);
      requireInputs(step.weight(), weight, step.in(), in);
      Product product =
          new Product(in, weight, Optional.empty(), step.activation(), 1, Optional.empty(), out);
      parts.add(new Part(product, starts[expert], starts[expert + 1]));
    }
    run(parts);
  }

  private static FloatTensor gathered(FloatTensor in, IntTensor rows, int count) {
    int columns = in.columns();
    FloatTensor gathered = new FloatTensor(in.dtype(), count, columns);
    for (int row = 0; row < count; row++) {
      int from = rows.data()[row] * columns;
      System.arraycopy(in.data(), from, gathered.data(), row * columns, columns);
    }
    return gathered;
  }

  /// Rows `first` to `end` (exclusive) of a product.
  private record Part(Product product, int first, int end) {
    int chunks() {
      return Math.ceilDiv(end - first, ROWS_PER_TASK);
    }

    int tasks() {
      return chunks() * product.weight.panelCount();
    }

    long work() {
      return (long) (end - first) * product.weight.inputs() * product.weight.outputs();
    }

    void run(int task, Scratch scratch) {
      product.run(task / chunks(), first + task % chunks() * ROWS_PER_TASK, end, scratch);
    }
  }

  private void run(List<Part> parts) {
    List<Part> busy = parts.stream().filter(part -> part.tasks() > 0).toList();
    int[] firstTasks = new int[busy.size() + 1];
    for (int i = 0; i < busy.size(); i++) {
      firstTasks[i + 1] = firstTasks[i] + busy.get(i).tasks();
    }
    workers.run(
        firstTasks[busy.size()],
        busy.stream().mapToLong(Part::work).sum(),
        (task, worker) -> {
          int found = Arrays.binarySearch(firstTasks, task);
          int part = found >= 0 ? found : -found - 2;
          busy.get(part).run(task - firstTasks[part], scratch[worker]);
        });
  }

  /// What one thread works in.
  private static final class Scratch {
    private final float[][] sums = new float[ROWS_PER_TASK][PackedMatrix.WIDTH];
    private final float[] gates = new float[PackedMatrix.WIDTH];
    private final UnaryFunctions functions = new UnaryFunctions();
  }

  /// Rows times a matrix, and what is done to the result.
  private static final class Product {
    private final FloatTensor in;
    private final PackedMatrix weight;
    private final Optional<float[]> bias;
    private final Activation activation;
    private final float scale;
    private final Optional<float[]> residual;
    private final FloatTensor out;

    Product(
        FloatTensor in,
        PackedMatrix weight,
        Optional<float[]> bias,
        Activation activation,
        float scale,
        Optional<float[]> residual,
        FloatTensor out) {
      this.in = in;
      this.weight = weight;
      this.bias = bias;
      this.activation = activation;
      this.scale = scale;
      this.residual = residual;
      this.out = out;
    }

    void run(int panel, int firstRow, int endRow, Scratch scratch) {
      float[][] sums = scratch.sums;
      int width = weight.width(panel);
      int rows = Math.min(ROWS_PER_TASK, endRow - firstRow);
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
