package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.Optional;

/// Splits the merged projection, normalises and rotates heads, and appends to the KV cache.
final class RopeOps {
  private final Workers workers;
  private final float[][] scratch;

  RopeOps(Workers workers) {
    this.workers = workers;
    this.scratch = new float[workers.threads()][0];
  }

  void ropeKvAppend(StepOp.RopeKvAppend step, Operands operands) {
    Append append = new Append(step, operands);
    FloatTensor qkv = append.qkv;
    for (int row = 0; row < qkv.rows(); row++) {
      if (append.slots[row] >= 0) {
        append.keys.touch(append.slots[row]);
        append.values.touch(append.slots[row]);
      }
    }
    workers.run(
        qkv.rows(),
        8L * qkv.rows() * qkv.columns(),
        (row, worker) -> append.row(row, merged(worker, qkv.columns())));
  }

  private float[] merged(int worker, int columns) {
    if (scratch[worker].length < columns) {
      scratch[worker] = new float[columns];
    }
    return scratch[worker];
  }

  /// One step with its operands.
  private static final class Append {
    private final FloatTensor qkv;
    private final int[] positions;
    private final int[] slots;
    private final Optional<NormOps.Gain> queryNorm;
    private final Optional<NormOps.Gain> keyNorm;
    private final Optional<Rotation> rotation;
    private final KvTensor keys;
    private final KvTensor values;
    private final Heads heads;
    private final FloatTensor query;

    Append(StepOp.RopeKvAppend step, Operands operands) {
      qkv = operands.floats(step.qkv());
      positions = operands.ints(step.positions()).data();
      slots = operands.ints(step.slots()).data();
      queryNorm = step.queryNorm().map(ref -> gain(ref, step, operands));
      keyNorm = step.keyNorm().map(ref -> gain(ref, step, operands));
      rotation = step.rotary().map(rotary -> new Rotation(rotary, operands));
      keys = operands.cache(step.keyCache());
      values = operands.cache(step.valueCache());
      heads = step.heads();
      query = operands.floats(step.query());
    }

    private static NormOps.Gain gain(Ref ref, StepOp.RopeKvAppend step, Operands operands) {
      FloatTensor weight = operands.floats(ref);
      return new NormOps.Gain(weight.data(), weight.columns(), step.epsilon(), step.weightOffset());
    }

    void row(int row, float[] merged) {
      int dim = heads.headDim();
      int columns = heads.qkvColumns();
      System.arraycopy(qkv.data(), row * columns, merged, 0, columns);
      normalize(merged, 0, heads.query() * dim, queryNorm);
      rotate(merged, 0, heads.query(), positions[row]);
      System.arraycopy(merged, 0, query.data(), row * query.columns(), query.columns());
      query.round(row);
      if (slots[row] >= 0) {
        int firstKey = heads.query() * dim;
        normalize(merged, firstKey, heads.keyValue() * dim, keyNorm);
        rotate(merged, firstKey, heads.keyValue(), positions[row]);
        for (int head = 0; head < heads.keyValue(); head++) {
          int key = firstKey + head * dim;
          keys.store(slots[row], head, merged, key);
          values.store(slots[row], head, merged, key + heads.keyValue() * dim);
        }
      }
    }

    private static void normalize(
        float[] merged, int from, int count, Optional<NormOps.Gain> norm) {
      if (norm.isPresent()) {
        for (int at = from; at < from + count; at += norm.get().group()) {
          norm.get().normalize(merged, at, merged, at);
        }
      }
    }

    private void rotate(float[] merged, int from, int count, int position) {
      if (rotation.isPresent()) {
        for (int head = 0; head < count; head++) {
          rotation.get().rotate(merged, from + head * heads.headDim(), position);
        }
      }
    }
  }

  /// Rotary embedding (Su et al., 2021) of one head.
  private static final class Rotation {
    private final float[] table;
    private final int half;
    private final boolean interleaved;

    Rotation(StepOp.Rotary rotary, Operands operands) {
      table = operands.floats(rotary.table()).data();
      half = rotary.rotaryDim() / 2;
      interleaved = rotary.interleaved();
    }

    void rotate(float[] vector, int at, int position) {
      int row = position * 2 * half;
      for (int i = 0; i < half; i++) {
        int first = interleaved ? at + 2 * i : at + i;
        int second = interleaved ? first + 1 : first + half;
        float cosine = table[row + i];
        float sine = table[row + half + i];
        float x = vector[first];
        float y = vector[second];
        vector[first] = x * cosine - y * sine;
        vector[second] = y * cosine + x * sine;
      }
    }
  }
}
