package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.UnaryKind;

/// Functions of single elements.
final class ElementwiseOps {
  private final Workers workers;
  private final Row[] scratch;

  ElementwiseOps(Workers workers) {
    this.workers = workers;
    this.scratch = new Row[workers.threads()];
    for (int worker = 0; worker < scratch.length; worker++) {
      scratch[worker] = new Row();
    }
  }

  /// One thread's scratch memory.
  private static final class Row {
    private final UnaryFunctions functions = new UnaryFunctions();
    private float[] values = new float[0];

    /// Elements of a tensor after a function.
    float[] apply(UnaryKind kind, float parameter, FloatTensor in, int from, int count) {
      if (values.length < count) {
        values = new float[count];
      }
      System.arraycopy(in.data(), from, values, 0, count);
      functions.apply(kind, parameter, values, count);
      return values;
    }
  }

  void swiGlu(StepOp.SwiGlu step, Operands operands) {
    FloatTensor gateUp = operands.floats(step.gateUp());
    FloatTensor out = operands.floats(step.out());
    int columns = out.columns();
    rows(
        out,
        (row, worker) -> {
          int gate = row * 2 * columns;
          int up = gate + columns;
          float[] gates = scratch[worker].apply(UnaryKind.SILU, 0, gateUp, gate, columns);
          for (int i = 0; i < columns; i++) {
            out.data()[row * columns + i] = gates[i] * gateUp.data()[up + i];
          }
        });
  }

  void unary(StepOp.Unary step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor out = operands.floats(step.out());
    int columns = out.columns();
    rows(
        out,
        (row, worker) -> {
          int from = row * columns;
          float[] values = scratch[worker].apply(step.kind(), step.parameter(), in, from, columns);
          System.arraycopy(values, 0, out.data(), from, columns);
        });
  }

  void binary(StepOp.Binary step, Operands operands) {
    float[] left = operands.floats(step.left()).data();
    float[] right = operands.floats(step.right()).data();
    FloatTensor out = operands.floats(step.out());
    rows(
        out,
        (row, _) -> {
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
    void apply(int row, int worker);
  }

  private void rows(FloatTensor out, RowFunction function) {
    workers.run(
        out.rows(),
        8L * out.rows() * out.columns(),
        (row, worker) -> {
          function.apply(row, worker);
          out.round(row);
        });
  }
}
