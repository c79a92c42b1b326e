package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;

/// Functions of single elements.
final class ElementwiseOps {
  private final Workers workers;
  private final SwiGluRow[] swiGluRows;

  ElementwiseOps(Workers workers) {
    this.workers = workers;
    this.swiGluRows = new SwiGluRow[workers.threads()];
    for (int worker = 0; worker < swiGluRows.length; worker++) {
      swiGluRows[worker] = new SwiGluRow();
    }
  }

  /// `x / (1 + exp(-x))`.
  static float silu(float x) {
    return (float) (x / (1 + Math.exp(-x)));
  }

  void swiGlu(StepOp.SwiGlu step, Operands operands) {
    FloatTensor gateUp = operands.floats(step.gateUp());
    FloatTensor out = operands.floats(step.out());
    workers.run(
        out.rows(),
        8L * out.rows() * out.columns(),
        (row, worker) -> {
          swiGluRows[worker].run(gateUp, out, row);
          out.round(row);
        });
  }

  /// One row; holds one thread's scratch memory.
  private static final class SwiGluRow {
    private final Exponential exponential = new Exponential();
    private float[] gates = new float[0];
    private float[] factors = new float[0];

    void run(FloatTensor gateUp, FloatTensor out, int row) {
      int columns = out.columns();
      if (gates.length < columns) {
        gates = new float[columns];
        factors = new float[columns];
      }
      System.arraycopy(gateUp.data(), row * 2 * columns, gates, 0, columns);
      for (int i = 0; i < columns; i++) {
        factors[i] = -gates[i];
      }
      exponential.apply(factors, columns);
      for (int i = 0; i < columns; i++) {
        gates[i] = gates[i] / (1 + factors[i]);
      }
      System.arraycopy(gateUp.data(), (row * 2 + 1) * columns, factors, 0, columns);
      for (int i = 0; i < columns; i++) {
        gates[i] *= factors[i];
      }
      System.arraycopy(gates, 0, out.data(), row * columns, columns);
    }
  }

  void unary(StepOp.Unary step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor out = operands.floats(step.out());
    rows(
        out,
        row -> {
          for (int i = row * out.columns(); i < (row + 1) * out.columns(); i++) {
            out.data()[i] =
                switch (step.kind()) {
                  case SILU -> silu(in.data()[i]);
                };
          }
        });
  }

  void binary(StepOp.Binary step, Operands operands) {
    float[] left = operands.floats(step.left()).data();
    float[] right = operands.floats(step.right()).data();
    FloatTensor out = operands.floats(step.out());
    rows(
        out,
        row -> {
          for (int i = row * out.columns(); i < (row + 1) * out.columns(); i++) {
            out.data()[i] =
                switch (step.kind()) {
                  case ADD -> left[i] + right[i];
                  case MULTIPLY -> left[i] * right[i];
                };
          }
        });
  }

  private interface RowFunction {
    void apply(int row);
  }

  private void rows(FloatTensor out, RowFunction function) {
    workers.run(
        out.rows(),
        8L * out.rows() * out.columns(),
        (row, worker) -> {
          function.apply(row);
          out.round(row);
        });
  }
}
