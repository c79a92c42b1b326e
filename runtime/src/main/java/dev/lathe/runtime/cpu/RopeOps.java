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
    private final Optional<float[]> queryNorm;
    private final Optional<float[]> keyNorm;
    private final float epsilon;
    private final Optional<Rotation> rotation;
    private final KvTensor keys;
    private final KvTensor values;
    private final Heads heads;
    private final FloatTensor query;

    Append(StepOp.RopeKvAppend step, Operands operands) {
      qkv = operands.floats(step.qkv());
      positions = operands.ints(step.positions()).data();
      slots = operands.ints(step.slots()).data();
      queryNorm = data(step.queryNorm(), operands);
      keyNorm = data(step.keyNorm(), operands);
      epsilon = step.epsilon();
      rotation = step.rotary().map(rotary -> new Rotation(rotary, operands));
      keys = operands.cache(step.keyCache());
      values = operands.cache(step.valueCache());
      heads = step.heads();
      query = operands.floats(step.query());
    }

    private static Optional<float[]> data(Optional<Ref> ref, Operands operands) {
      return ref.map(name -> operands.floats(name).data());
    }

    void row(int row, float[] merged) {
      int dim = heads.headDim();
      int columns = heads.qkvColumns();
      System.arraycopy(qkv.data(), row * columns, merged, 0, columns);
      for (int head = 0; head < heads.query(); head++) {
        turn(merged, head * dim, queryNorm, positions[row]);
      }
      System.arraycopy(merged, 0, query.data(), row * query.columns(), query.columns());
      query.round(row);
      for (int head = 0; head < heads.keyValue() && slots[row] >= 0; head++) {
        int key = (heads.query() + head) * dim;
        turn(merged, key, keyNorm, positions[row]);
        keys.store(slots[row], head, merged, key);
        values.store(slots[row], head, merged, key + heads.keyValue() * dim);
      }
    }

    private void turn(float[] merged, int at, Optional<float[]> norm, int position) {
      if (norm.isPresent()) {
        NormOps.normalize(merged, at, heads.headDim(), norm.get(), epsilon, merged, at);
      }
      if (rotation.isPresent()) {
        rotation.get().rotate(merged, at, position);
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
