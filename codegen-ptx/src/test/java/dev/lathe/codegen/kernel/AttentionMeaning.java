package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import java.util.Map;
import java.util.Objects;

/// The meaning of [PagedAttention], row by row. A row that sees no key (padding) becomes zero.
record AttentionMeaning(Map<Ref, Tensor> tensors, Sizes sizes) {

  void run(PagedAttention op) {
    for (int s = 0; s < sizes.sequences(); s++) {
      int start = tensor(op.queryStarts()).getInt(s);
      int length = tensor(op.queryStarts()).getInt(s + 1) - start;
      int context = tensor(op.contextLengths()).getInt(s);
      for (int i = 0; i < length; i++) {
        int position = context - length + i;
        int first = op.window() == 0 ? 0 : Math.max(0, position - op.window() + 1);
        int last = op.causal() ? position : context - 1;
        for (int head = 0; head < op.heads().query(); head++) {
          attend(op, new Row(s, start + i, position, head), first, last);
        }
      }
    }
  }

  private record Row(int sequence, int number, int position, int head) {}

  private void attend(PagedAttention op, Row row, int first, int last) {
    Heads heads = op.heads();
    int sequence = row.sequence;
    int query = (row.number * heads.query() + row.head) * heads.headDim();
    int kvHead = row.head / heads.group();
    double greatest = Double.NEGATIVE_INFINITY;
    double[] scores = new double[Math.max(0, last + 1)];
    for (int p = first; p <= last; p++) {
      int key = keyRow(op, sequence, kvHead, p) * heads.headDim();
      for (int i = 0; i < heads.headDim(); i++) {
        scores[p] +=
            (double) tensor(op.query()).get(query + i) * tensor(op.keyCache()).get(key + i);
      }
      scores[p] *= op.scale();
      if (op.softCap() != 0) {
        scores[p] = op.softCap() * Math.tanh(scores[p] / op.softCap());
      }
      if (op.slopes().isPresent()) {
        scores[p] += (double) tensor(op.slopes().get()).get(row.head) * (p - row.position);
      }
      greatest = Math.max(greatest, scores[p]);
    }
    double total = 0;
    double[] result = new double[heads.headDim()];
    for (int p = first; p <= last; p++) {
      double weight = Math.exp(scores[p] - greatest);
      total += weight;
      int value = keyRow(op, sequence, kvHead, p) * heads.headDim();
      for (int i = 0; i < heads.headDim(); i++) {
        result[i] += weight * tensor(op.valueCache()).get(value + i);
      }
    }
    for (int i = 0; i < heads.headDim(); i++) {
      tensor(op.out()).set(query + i, total == 0 ? 0 : (float) (result[i] / total));
    }
  }

  private int keyRow(PagedAttention op, int sequence, int kvHead, int position) {
    Tensor cache = tensor(op.keyCache());
    int tokensPerBlock = cache.size(2);
    int blocks = tensor(op.blockTables()).size(1);
    int block = tensor(op.blockTables()).getInt(sequence * blocks + position / tokensPerBlock);
    return (block * cache.size(1) + kvHead) * tokensPerBlock + position % tokensPerBlock;
  }

  private Tensor tensor(Ref ref) {
    return Objects.requireNonNull(tensors.get(ref));
  }
}
