package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Normalisations over rows.
final class NormOps {
  private final Workers workers;

  NormOps(Workers workers) {
    this.workers = workers;
  }

  void rmsNorm(StepOp.RmsNorm step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor out = operands.floats(step.out());
    FloatTensor weight = operands.floats(step.weight());
    Gain gain = new Gain(weight.data(), step.group(), step.epsilon(), step.weightOffset());
    int columns = in.columns();
    workers.run(
        in.rows(),
        (long) in.rows() * columns,
        (row, worker) -> {
          for (int at = 0; at < columns; at += step.group()) {
            int from = row * columns + at;
            gain.normalize(in.data(), from, out.data(), from);
          }
          out.round(row);
        });
  }

  void addRmsNorm(StepOp.AddRmsNorm step, Operands operands) {
    FloatTensor out = operands.floats(step.out());
    FloatTensor sum = operands.floats(step.sum());
    FloatTensor weight = operands.floats(step.weight());
    int columns = out.columns();
    Gain gain = new Gain(weight.data(), columns, step.epsilon(), step.weightOffset());
    addedRows(
        operands.floats(step.in()),
        operands.floats(step.residual()),
        sum,
        row -> {
          gain.normalize(sum.data(), row * columns, out.data(), row * columns);
          out.round(row);
        });
  }

  /// `sum = in + residual`, rounded, and then what is to be done with each row.
  private void addedRows(
      FloatTensor in, FloatTensor residual, FloatTensor sum, IntConsumer normalize) {
    int columns = in.columns();
    workers.run(
        in.rows(),
        (long) in.rows() * columns,
        (row, worker) -> {
          for (int i = row * columns; i < (row + 1) * columns; i++) {
            sum.data()[i] = in.data()[i] + residual.data()[i];
          }
          sum.round(row);
          normalize.accept(row);
        });
  }

  void layerNorm(StepOp.LayerNorm step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    FloatTensor out = operands.floats(step.out());
    Layer layer = new Layer(step.weight(), step.bias(), step.epsilon(), operands);
    workers.run(
        in.rows(),
        2L * in.rows() * in.columns(),
        (row, worker) -> {
          layer.normalize(in.data(), out.data(), row * in.columns(), in.columns());
          out.round(row);
        });
  }

  void addLayerNorm(StepOp.AddLayerNorm step, Operands operands) {
    FloatTensor sum = operands.floats(step.sum());
    FloatTensor out = operands.floats(step.out());
    Layer layer = new Layer(step.weight(), step.bias(), step.epsilon(), operands);
    int columns = out.columns();
    addedRows(
        operands.floats(step.in()),
        operands.floats(step.residual()),
        sum,
        row -> {
          layer.normalize(sum.data(), out.data(), row * columns, columns);
          out.round(row);
        });
  }

  /// What a root mean square norm does to a group of elements.
  ///
  /// @param group elements over which the mean is taken
  record Gain(float[] weight, int group, float epsilon, float weightOffset) {

    /// `target = source / sqrt(mean(source^2) + epsilon) * (weightOffset + weight)`.
    void normalize(float[] source, int from, float[] target, int to) {
      double squares = 0;
      for (int i = 0; i < group; i++) {
        double value = source[from + i];
        squares += value * value;
      }
      float factor = (float) (1 / Math.sqrt(squares / group + epsilon));
      for (int i = 0; i < group; i++) {
        target[to + i] = source[from + i] * factor * (weightOffset + weight[i]);
      }
    }
  }

  /// What a layer norm does to a row.
  private static final class Layer {
    private final float[] weight;
    private final Optional<float[]> bias;
    private final float epsilon;

    Layer(Ref weight, Optional<Ref> bias, float epsilon, Operands operands) {
      this.weight = operands.floats(weight).data();
      this.bias = bias.map(ref -> operands.floats(ref).data());
      this.epsilon = epsilon;
    }

    void normalize(float[] source, float[] target, int from, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += source[from + i];
      }
      double mean = sum / count;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        double difference = source[from + i] - mean;
        squares += difference * difference;
      }
      double factor = 1 / Math.sqrt(squares / count + epsilon);
      for (int i = 0; i < count; i++) {
        float value = (float) ((source[from + i] - mean) * factor) * weight[i];
        target[from + i] = bias.isPresent() ? value + bias.get()[i] : value;
      }
    }
  }
}
