package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;

/// Normalisations over rows.
final class NormOps {
  private final Workers workers;

  NormOps(Workers workers) {
    this.workers = workers;
  }

  void rmsNorm(StepOp.RmsNorm step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor out = operands.floats(step.out());
    float[] weight = operands.floats(step.weight()).data();
    int columns = in.columns();
    workers.run(
        in.rows(),
        (long) in.rows() * columns,
        (row, worker) -> {
          for (int at = 0; at < columns; at += step.group()) {
            int from = row * columns + at;
            normalize(in.data(), from, step.group(), weight, step.epsilon(), out.data(), from);
          }
          out.round(row);
        });
  }

  void addRmsNorm(StepOp.AddRmsNorm step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor residual = operands.floats(step.residual());
    FloatTensor sum = operands.floats(step.sum());
    FloatTensor out = operands.floats(step.out());
    float[] weight = operands.floats(step.weight()).data();
    int columns = in.columns();
    workers.run(
        in.rows(),
        (long) in.rows() * columns,
        (row, worker) -> {
          int from = row * columns;
          for (int i = from; i < from + columns; i++) {
            sum.data()[i] = in.data()[i] + residual.data()[i];
          }
          sum.round(row);
          normalize(sum.data(), from, columns, weight, step.epsilon(), out.data(), from);
          out.round(row);
        });
  }

  /// `target = source / sqrt(mean(source^2) + epsilon) * weight` over `count` elements.
  static void normalize(
      float[] source, int from, int count, float[] weight, float epsilon, float[] target, int to) {
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double value = source[from + i];
      squares += value * value;
    }
    float factor = (float) (1 / Math.sqrt(squares / count + epsilon));
    for (int i = 0; i < count; i++) {
      target[to + i] = source[from + i] * factor * weight[i];
    }
  }
}
