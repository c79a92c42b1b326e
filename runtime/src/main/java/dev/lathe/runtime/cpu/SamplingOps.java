package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.SampleDraw;
import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;

/// Penalties, biases and the choice of a token. A task is one row of logits.
final class SamplingOps {
  private static final float ONE = 1 << 30;

  private final Workers workers;
  private final float[][] sorted;

  SamplingOps(Workers workers) {
    this.workers = workers;
    this.sorted = new float[workers.threads()][0];
  }

  void adjustLogits(StepOp.AdjustLogits step, Operands operands) {
    FloatTensor logits = operands.floats(step.logits());
    int[] starts = operands.ints(step.starts()).data();
    int[] tokens = operands.ints(step.tokens()).data();
    int[] counts = operands.ints(step.counts()).data();
    float[] biases = operands.floats(step.biases()).data();
    float[] repetition = operands.floats(step.repetition()).data();
    float[] presence = operands.floats(step.presence()).data();
    float[] frequency = operands.floats(step.frequency()).data();
    for (int row = 0; row < logits.rows(); row++) {
      for (int i = starts[row]; i < starts[row + 1]; i++) {
        int at = row * logits.columns() + tokens[i];
        float logit = logits.data()[at];
        if (counts[i] >= 0) {
          logit = logit > 0 ? logit / repetition[row] : logit * repetition[row];
        }
        if (counts[i] > 0) {
          logit -= presence[row] + frequency[row] * counts[i];
        }
        logits.data()[at] = logit + biases[i];
      }
    }
  }

  void sample(StepOp.Sample step, Operands operands) {
    FloatTensor logits = operands.floats(step.logits());
    float[] temperatures = operands.floats(step.temperatures()).data();
    int[] topK = operands.ints(step.topK()).data();
    float[] topP = operands.floats(step.topP()).data();
    float[] minP = operands.floats(step.minP()).data();
    long[] seeds = operands.longs(step.seeds()).data();
    int[] draws = operands.ints(step.draws()).data();
    int[] out = operands.ints(step.out()).data();
    int columns = logits.columns();
    workers.run(
        logits.rows(),
        4L * logits.rows() * columns,
        (row, worker) -> {
          Row values = new Row(logits.data(), row * columns, columns, temperatures[row]);
          int best = values.best();
          out[row] = best;
          if (topK[row] != 1 && values.at(best) > Float.NEGATIVE_INFINITY) {
            float least = leastLogit(values, topK[row], topP[row], worker);
            out[row] = values.draw(least, minP[row], SampleDraw.bits(seeds[row], draws[row]));
          }
        });
  }

  /// The column of the greatest element of each row.
  void greatest(FloatTensor logits, int[] out) {
    for (int row = 0; row < logits.rows(); row++) {
      out[row] = new Row(logits.data(), row * logits.columns(), logits.columns(), 1).best();
    }
  }

  /// The least logit that is kept by the limits on count and probability.
  private float leastLogit(Row values, int topK, float topP, int worker) {
    boolean all = topK <= 0 || topK >= values.columns;
    boolean whole = topP <= 0 || topP >= 1;
    if (all && whole) {
      return Float.NEGATIVE_INFINITY;
    }
    float[] ascending = sort(values, worker);
    int kept = all ? values.columns : topK;
    float least = ascending[values.columns - kept];
    return whole ? least : values.leastOfNucleus(ascending, least, topP);
  }

  private float[] sort(Row values, int worker) {
    if (sorted[worker].length < values.columns) {
      sorted[worker] = new float[values.columns];
    }
    float[] ascending = sorted[worker];
    for (int i = 0; i < values.columns; i++) {
      ascending[i] = values.at(i);
    }
    Arrays.sort(ascending, 0, values.columns);
    return ascending;
  }

  /// Logits of one row. NaN reads as minus infinity.
  private static final class Row {
    private final float[] logits;
    private final int from;
    private final int columns;
    private final float temperature;
    private float greatest = Float.NEGATIVE_INFINITY;

    Row(float[] logits, int from, int columns, float temperature) {
      this.logits = logits;
      this.from = from;
      this.columns = columns;
      this.temperature = temperature;
    }

    /// Minus zero counts as zero, so that sorting and comparing agree.
    float at(int id) {
      float logit = logits[from + id] + 0f;
      return Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit;
    }

    /// The id of the greatest logit, the lowest among equals.
    int best() {
      int best = 0;
      for (int id = 0; id < columns; id++) {
        if (at(id) > greatest) {
          greatest = at(id);
          best = id;
        }
      }
      return best;
    }

    /// Probability relative to that of the greatest logit.
    private float weight(float logit) {
      return logit == greatest ? 1 : (float) Math.exp((logit - greatest) / temperature);
    }

    private long mass(float logit) {
      return (long) (weight(logit) * ONE);
    }

    /// The least logit v of those at least `least` such that the mass of greater logits is less
    /// than
    /// `topP` times the mass of all.
    float leastOfNucleus(float[] ascending, float least, float topP) {
      long total = 0;
      for (int i = columns - 1; i >= 0 && ascending[i] >= least; i--) {
        total += mass(ascending[i]);
      }
      long greater = 0;
      int i = columns - 1;
      float kept = ascending[i];
      while (i >= 0 && ascending[i] >= least && greater < (double) topP * total) {
        kept = ascending[i];
        for (; i >= 0 && ascending[i] == kept; i--) {
          greater += mass(kept);
        }
      }
      return kept;
    }

    /// The token, in order of ids, in whose interval of the kept mass the random point falls.
    int draw(float least, float minP, long bits) {
      long total = 0;
      for (int id = 0; id < columns; id++) {
        total += keptMass(at(id), least, minP);
      }
      long point = SampleDraw.point(bits, total);
      long sum = 0;
      for (int id = 0; id < columns; id++) {
        sum += keptMass(at(id), least, minP);
        if (sum > point) {
          return id;
        }
      }
      throw new IllegalStateException("no token at " + point + " of " + total);
    }

    private long keptMass(float logit, float least, float minP) {
      float weight = logit >= least ? weight(logit) : 0;
      return weight >= minP ? (long) (weight * ONE) : 0;
    }
  }
}
