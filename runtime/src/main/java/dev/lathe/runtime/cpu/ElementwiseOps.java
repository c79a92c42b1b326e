package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;

/// Functions of single elements.
final class ElementwiseOps {
  private final Workers workers;

  ElementwiseOps(Workers workers) {
    this.workers = workers;
  }

  /// `x / (1 + exp(-x))`.
  static float silu(float x) {
    return (float) (x / (1 + Math.exp(-x)));
  }

  void swiGlu(StepOp.SwiGlu step, Operands operands) {
    FloatTensor gateUp = operands.floats(step.gateUp());
    FloatTensor out = operands.floats(step.out());
    int columns = out.columns();
    rows(
        out,
        row -> {
          int gate = row * 2 * columns;
          for (int i = 0; i < columns; i++) {
            out.data()[row * columns + i] =
                silu(gateUp.data()[gate + i]) * gateUp.data()[gate + columns + i];
          }
        });
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
