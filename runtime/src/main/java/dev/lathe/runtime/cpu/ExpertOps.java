package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;

/// What surrounds the products of a mixture of experts. A task is one row.
final class ExpertOps {
  private final Workers workers;

  ExpertOps(Workers workers) {
    this.workers = workers;
  }

  void route(StepOp.RouteExperts step, Operands operands) {
    FloatTensor logits = operands.floats(step.logits());
    IntTensor experts = operands.ints(step.experts());
    FloatTensor weights = operands.floats(step.weights());
    int topK = experts.columns();
    workers.run(
        logits.rows(),
        (long) logits.rows() * logits.columns() * topK,
        (row, _) -> {
          int at = row * topK;
          float[] values = numbers(logits, row);
          float[] p = softmax(values);
          float total = 0;
          for (int j = 0; j < topK; j++) {
            int expert = best(values, Arrays.copyOfRange(experts.data(), at, at + j));
            experts.data()[at + j] = expert;
            weights.data()[at + j] = p[expert];
            total += p[expert];
          }
          if (step.normalise()) {
            for (int j = 0; j < topK; j++) {
              weights.data()[at + j] /= total;
            }
          }
        });
  }

  /// NaN as minus infinity.
  private static float[] numbers(FloatTensor logits, int row) {
    float[] values = new float[logits.columns()];
    for (int i = 0; i < values.length; i++) {
      float logit = logits.data()[row * values.length + i];
      values[i] = Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit;
    }
    return values;
  }

  private static float[] softmax(float[] values) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      greatest = Math.max(greatest, value);
    }
    float[] p = new float[values.length];
    float total = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) Math.exp(values[i] - greatest);
      total += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= total;
    }
    return p;
  }

  /// The index of the greatest, the lowest among equals, that is not one of those.
  private static int best(float[] values, int[] taken) {
    int best = -1;
    for (int i = 0; i < values.length; i++) {
      int candidate = i;
      boolean free = Arrays.stream(taken).noneMatch(other -> other == candidate);
      if (free && (best < 0 || values[i] > values[best])) {
        best = i;
      }
    }
    return best;
  }

  void group(StepOp.GroupByExpert step, Operands operands) {
    IntTensor experts = operands.ints(step.experts());
    int[] starts = operands.ints(step.starts()).data();
    int count = experts.rows() * experts.columns();
    int bounds = operands.ints(step.starts()).rows();
    Arrays.fill(starts, 0, bounds, 0);
    for (int i = 0; i < count; i++) {
      starts[experts.data()[i] + 1]++;
    }
    for (int e = 1; e < bounds; e++) {
      starts[e] += starts[e - 1];
    }
    int[] next = Arrays.copyOf(starts, bounds);
    int[] places = operands.ints(step.places()).data();
    int[] rows = operands.ints(step.rows()).data();
    for (int i = 0; i < count; i++) {
      places[i] = next[experts.data()[i]]++;
      rows[places[i]] = i / experts.columns();
    }
  }

  void combine(StepOp.CombineExperts step, Operands operands) {
    FloatTensor in = operands.floats(step.in());
    IntTensor places = operands.ints(step.places());
    float[] weights = operands.floats(step.weights()).data();
    FloatTensor out = operands.floats(step.out());
    int columns = out.columns();
    int topK = places.columns();
    workers.run(
        out.rows(),
        (long) out.rows() * columns * topK,
        (row, _) -> {
          float[] sums = new float[columns];
          for (int j = row * topK; j < (row + 1) * topK; j++) {
            int from = places.data()[j] * columns;
            for (int c = 0; c < columns; c++) {
              sums[c] = Math.fma(weights[j], in.data()[from + c], sums[c]);
            }
          }
          if (step.residual().isPresent()) {
            float[] residual = operands.floats(step.residual().get()).data();
            for (int c = 0; c < columns; c++) {
              sums[c] += residual[row * columns + c];
            }
          }
          System.arraycopy(sums, 0, out.data(), row * columns, columns);
          out.round(row);
        });
  }
}
