package dev.lathe.codegen.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.SampleDraw;
import dev.lathe.engine.v1.StepOp.AdjustLogits;
import dev.lathe.engine.v1.StepOp.Sample;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/// The meaning of [AdjustLogits] and [Sample].
record SampleMeaning(Map<Ref, Tensor> tensors) {

  void adjust(AdjustLogits op) {
    Tensor logits = tensor(op.logits());
    for (int row = 0; row < logits.size(0); row++) {
      int end = tensor(op.starts()).getInt(row + 1);
      for (int i = tensor(op.starts()).getInt(row); i < end; i++) {
        int at = row * logits.size(1) + tensor(op.tokens()).getInt(i);
        int count = tensor(op.counts()).getInt(i);
        float logit = logits.get(at);
        float repetition = tensor(op.repetition()).get(row);
        if (count >= 0) {
          logit = logit > 0 ? logit / repetition : logit * repetition;
        }
        if (count > 0) {
          logit -= tensor(op.presence()).get(row) + tensor(op.frequency()).get(row) * count;
        }
        logits.set(at, logit + tensor(op.biases()).get(i));
      }
    }
  }

  void sample(Sample op) {
    for (int row = 0; row < tensor(op.out()).size(0); row++) {
      tensor(op.out()).data.putInt(4 * row, token(op, row));
    }
  }

  private int token(Sample op, int row) {
    float[] logits = row(tensor(op.logits()), row);
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    float greatest = logits[best];
    int topK = tensor(op.topK()).getInt(row);
    if (topK == 1 || greatest == Float.NEGATIVE_INFINITY) {
      return best;
    }
    float temperature = tensor(op.temperatures()).get(row);
    float minP = tensor(op.minP()).get(row);
    float least = least(logits, topK, tensor(op.topP()).get(row), greatest, temperature);
    long[] masses = new long[logits.length];
    for (int i = 0; i < logits.length; i++) {
      float weight = weight(logits[i], greatest, temperature);
      masses[i] = logits[i] >= least && weight >= minP ? (long) (weight * 0x1p30f) : 0;
    }
    long bits = SampleDraw.bits(tensor(op.seeds()).getLong(row), tensor(op.draws()).getInt(row));
    long point = SampleDraw.point(bits, Arrays.stream(masses).sum());
    int id = 0;
    for (long sum = masses[0]; sum <= point; sum += masses[id]) {
      id++;
    }
    return id;
  }

  private static float[] row(Tensor logits, int row) {
    float[] values = new float[logits.size(1)];
    for (int i = 0; i < values.length; i++) {
      float value = logits.get(row * values.length + i);
      values[i] = Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
    }
    return values;
  }

  private static float weight(float logit, float greatest, float temperature) {
    return logit == greatest ? 1 : (float) Math.exp((logit - greatest) / temperature);
  }

  private static float least(
      float[] logits, int topK, float topP, float greatest, float temperature) {
    float[] descending = descending(logits);
    boolean all = topK <= 0 || topK >= logits.length;
    float least = all ? Float.NEGATIVE_INFINITY : descending[topK - 1];
    if (topP <= 0 || topP >= 1) {
      return least;
    }
    long[] masses = new long[logits.length];
    for (int i = 0; i < logits.length; i++) {
      boolean kept = descending[i] >= least;
      masses[i] = kept ? (long) (weight(descending[i], greatest, temperature) * 0x1p30f) : 0;
    }
    double limit = (double) topP * Arrays.stream(masses).sum();
    long greater = 0;
    float nucleus = greatest;
    for (int i = 0; i < logits.length && descending[i] >= least; i++) {
      if (i > 0 && descending[i] != descending[i - 1] && greater >= limit) {
        break;
      }
      nucleus = descending[i];
      greater += masses[i];
    }
    return nucleus;
  }

  private static float[] descending(float[] logits) {
    return toFloats(
        IntStream.range(0, logits.length)
            .mapToDouble(i -> -logits[i])
            .sorted()
            .map(value -> -value)
            .toArray());
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private Tensor tensor(Ref ref) {
    return Objects.requireNonNull(tensors.get(ref));
  }
}
