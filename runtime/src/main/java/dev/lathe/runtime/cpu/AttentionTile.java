package dev.lathe.runtime.cpu;

import java.util.Arrays;

/// Attention of a few neighbouring query tokens of one sequence, for all query heads that share one
/// KV head: `M = tokens * group` rows. Holds one thread's scratch memory.
final class AttentionTile {
  private float[] queries = new float[0]; // (M, headDim)
  private float[] scores = new float[0]; // (M, context), from the first block that is seen
  private int context;
  private float[] weights = new float[0]; // (keys that one row sees)
  private final Exponential exponential = new Exponential();
  private float[][] sums = new float[0][]; // (M)(max(tokensPerBlock, headDim))
  private float[] totals = new float[0]; // (M)
  private int[] first = new int[0]; // (M) first key that the row sees
  private int[] end = new int[0]; // (M) one past the last
  private int[] positions = new int[0]; // (M) of the query
  private float[] slopes = new float[0]; // (M) of the query head

  void run(AttentionInput input, int sequence, int start, int tokens, int kvHead) {
    int rows = tokens * input.heads().group();
    prepare(input, sequence, start, tokens, kvHead);
    int tokensPerBlock = input.keys().tokensPerBlock();
    int firstBlock = first[0] / tokensPerBlock;
    int blocks = Math.ceilDiv(end[rows - 1], tokensPerBlock) - firstBlock;
    context = blocks * tokensPerBlock;
    if (scores.length < rows * context) {
      scores = new float[rows * (context + context / 2)];
    }
    for (int block = 0; block < blocks; block++) {
      float[][] panel = input.keys().panel(input.block(sequence, firstBlock + block), kvHead);
      score(input, panel, rows, block * tokensPerBlock, firstBlock * tokensPerBlock);
    }
    int origin = firstBlock * tokensPerBlock;
    for (int row = 0; row < rows; row++) {
      totals[row] = exponentiate(row * context - origin, first[row], end[row]);
      Arrays.fill(sums[row], 0, input.heads().headDim(), 0f);
    }
    for (int block = 0; block < blocks; block++) {
      float[][] panel = input.values().panel(input.block(sequence, firstBlock + block), kvHead);
      weigh(panel, rows, origin, block * tokensPerBlock, tokensPerBlock, input.heads().headDim());
    }
    store(input, sequence, start, tokens, kvHead);
  }

  /// Row `token * group + head` is query head `kvHead * group + head` of a token.
  private void prepare(AttentionInput input, int sequence, int start, int tokens, int kvHead) {
    int group = input.heads().group();
    int dim = input.heads().headDim();
    int rows = tokens * group;
    reserve(rows, dim, Math.max(dim, input.keys().tokensPerBlock()));
    for (int token = 0; token < tokens; token++) {
      int row = input.firstRow(sequence) + start + token;
      int position = input.firstPosition(sequence) + start + token;
      int from = row * input.query().columns() + kvHead * group * dim;
      System.arraycopy(input.query().data(), from, queries, token * group * dim, group * dim);
      Arrays.fill(first, token * group, (token + 1) * group, input.firstKey(position));
      Arrays.fill(end, token * group, (token + 1) * group, input.endKey(sequence, position));
      Arrays.fill(positions, token * group, (token + 1) * group, position);
      for (int head = 0; head < group; head++) {
        slopes[token * group + head] = input.slope(kvHead * group + head);
      }
    }
  }

  private void reserve(int rows, int dim, int width) {
    if (queries.length < rows * dim) {
      queries = new float[rows * dim];
    }
    if (totals.length < rows || sums[0].length < width) {
      sums = new float[Math.max(rows, totals.length)][width];
      totals = new float[sums.length];
      first = new int[sums.length];
      end = new int[sums.length];
      positions = new int[sums.length];
      slopes = new float[sums.length];
    }
  }

  /// The scores of one block of keys, those that a row does not see included.
  ///
  /// @param at place of the block among the scores
  /// @param origin key that the first score belongs to
  private void score(AttentionInput input, float[][] panel, int rows, int at, int origin) {
    int dim = input.heads().headDim();
    int width = input.keys().tokensPerBlock();
    for (int row = 0; row < rows; row++) {
      Arrays.fill(sums[row], 0, width, 0f);
    }
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
      PanelKernel.addFourRows(queries, row * dim, dim, panel, 0, dim, width, sums, row);
    }
    for (; row < rows; row++) {
      PanelKernel.addRow(queries, row * dim, panel, 0, dim, width, sums[row]);
    }
    for (row = 0; row < rows; row++) {
      int target = row * context + at;
      for (int j = 0; j < width; j++) {
        scores[target + j] = sums[row][j] * input.scale();
      }
      if (input.softCap() != 0) {
        for (int j = target; j < target + width; j++) {
          scores[j] = UnaryFunctions.softCap(scores[j], input.softCap());
        }
      }
      if (slopes[row] != 0) {
        for (int j = 0; j < width; j++) {
          scores[target + j] += slopes[row] * (origin + at + j - positions[row]);
        }
      }
    }
  }

  /// Replaces the scores of keys `from` to `to` by `exp(score - greatest)` and returns their sum.
  ///
  /// @param zero where the score of key 0 would be
  private float exponentiate(int zero, int from, int to) {
    int count = to - from;
    if (weights.length < count) {
      weights = new float[count + count / 2];
    }
    System.arraycopy(scores, zero + from, weights, 0, count);
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      greatest = Math.max(greatest, weights[i]);
    }
    for (int i = 0; i < count; i++) {
      weights[i] -= greatest;
    }
    exponential.apply(weights, count);
    System.arraycopy(weights, 0, scores, zero + from, count);
    return sum(weights, count);
  }

  /// In double precision, in four interleaved parts.
  private static float sum(float[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i];
    }
    return (float) ((a + b) + (c + d));
  }

  /// Adds the weighted values of one block, to each row those that it sees.
  private void weigh(float[][] panel, int rows, int origin, int at, int tokens, int dim) {
    int start = origin + at;
    int row = 0;
    while (row < rows) {
      int last = row + 3;
      if (last < rows && first[last] <= start && end[row] >= start + tokens) {
        int offset = row * context + at;
        PanelKernel.addFourRows(scores, offset, context, panel, 0, tokens, dim, sums, row);
        row += 4;
      } else {
        int from = Math.max(0, first[row] - start);
        int to = Math.min(tokens, end[row] - start);
        int offset = row * context + at + from;
        PanelKernel.addRow(scores, offset, panel, from, to, dim, sums[row]);
        row++;
      }
    }
  }

  private void store(AttentionInput input, int sequence, int start, int tokens, int kvHead) {
    int group = input.heads().group();
    int dim = input.heads().headDim();
    FloatTensor out = input.out();
    for (int row = 0; row < tokens * group; row++) {
      int target = input.firstRow(sequence) + start + row / group;
      int column = (kvHead * group + row % group) * dim;
      int at = target * out.columns() + column;
      float total = totals[row] == 0 ? 1 : totals[row]; // a row that sees no key gives zeros
      for (int d = 0; d < dim; d++) {
        out.data()[at + d] = sums[row][d] / total;
      }
      out.round(target, column, column + dim);
    }
  }
}
