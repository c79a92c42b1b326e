package dev.lathe.codegen.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.Rotary;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The meaning of [RopeKvAppend], head by head.
record RopeMeaning(Map<Ref, Tensor> tensors) {

  void run(RopeKvAppend op) {
    Heads heads = op.heads();
    Tensor query = tensor(op.query());
    for (int t = 0; t < query.size(0); t++) {
      for (int h = 0; h < heads.query(); h++) {
        float[] head = head(op, t, h);
        normalize(op, head, t, h, 0, heads.query(), op.queryNorm());
        rotate(op, t, head);
        for (int i = 0; i < heads.headDim(); i++) {
          query.set((t * heads.query() + h) * heads.headDim() + i, head[i]);
        }
      }
      for (int h = 0; h < heads.keyValue(); h++) {
        float[] key = head(op, t, heads.query() + h);
        normalize(op, key, t, h, heads.query(), heads.keyValue(), op.keyNorm());
        rotate(op, t, key);
        append(op, tensor(op.keyCache()), t, h, key);
        float[] value = head(op, t, heads.query() + heads.keyValue() + h);
        append(op, tensor(op.valueCache()), t, h, value);
      }
    }
  }

  private Tensor tensor(Ref ref) {
    return Objects.requireNonNull(tensors.get(ref));
  }

  private float[] head(RopeKvAppend op, int token, int head) {
    float[] values = new float[op.heads().headDim()];
    for (int i = 0; i < values.length; i++) {
      int column = head * values.length + i;
      values[i] = tensor(op.qkv()).get(token * op.heads().qkvColumns() + column);
    }
    return values;
  }

  /// @param head number of the head among the `count` ones from `first` on
  private void normalize(
      RopeKvAppend op,
      float[] values,
      int token,
      int head,
      int first,
      int count,
      Optional<Ref> norm) {
    if (norm.isEmpty()) {
      return;
    }
    Tensor weight = tensor(norm.get());
    boolean all = weight.elements() > values.length;
    double squares = 0;
    for (int h = all ? 0 : head; h < (all ? count : head + 1); h++) {
      for (float x : head(op, token, first + h)) {
        squares += (double) x * x;
      }
    }
    float scale = (float) (1 / Math.sqrt(squares / weight.elements() + op.epsilon()));
    for (int i = 0; i < values.length; i++) {
      int at = all ? head * values.length + i : i;
      values[i] *= scale * (op.weightOffset() + weight.get(at));
    }
  }

  private void rotate(RopeKvAppend op, int token, float[] head) {
    if (op.rotary().isEmpty()) {
      return;
    }
    Rotary rotary = op.rotary().get();
    int half = rotary.rotaryDim() / 2;
    int row = tensor(op.positions()).getInt(token) * rotary.rotaryDim();
    for (int i = 0; i < half; i++) {
      float cosine = tensor(rotary.table()).get(row + i);
      float sine = tensor(rotary.table()).get(row + half + i);
      int first = rotary.interleaved() ? 2 * i : i;
      int second = rotary.interleaved() ? 2 * i + 1 : i + half;
      float x = head[first];
      float y = head[second];
      head[first] = x * cosine - y * sine;
      head[second] = y * cosine + x * sine;
    }
  }

  private void append(RopeKvAppend op, Tensor cache, int token, int head, float[] values) {
    int slot = tensor(op.slots()).getInt(token);
    if (slot < 0) {
      return;
    }
    int tokensPerBlock = cache.size(2);
    int row =
        (slot / tokensPerBlock * op.heads().keyValue() + head) * tokensPerBlock
            + slot % tokensPerBlock;
    for (int i = 0; i < values.length; i++) {
      cache.set(row * values.length + i, values[i]);
    }
  }
}
