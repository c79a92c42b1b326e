package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class AttentionKernelsTest {

  /// @param lengths new tokens of each sequence
  /// @param contexts tokens of each sequence in the cache, the new ones included
  private record Case(
      DType dtype, Heads heads, int tokensPerBlock, int[] lengths, int[] contexts, int window) {
    @Override
    public String toString() {
      return dtype
          + " "
          + heads
          + " new "
          + Arrays.toString(lengths)
          + " context "
          + Arrays.toString(contexts)
          + " window "
          + window;
    }

    boolean isDecode() {
      return Arrays.stream(lengths).allMatch(length -> length == 1);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesSoftmaxOfTheVisibleKeys() {
    Heads grouped = new Heads(4, 2, 32);
    return Stream.of(
            new Case(DType.BF16, grouped, 16, new int[] {5, 1, 0, 20}, new int[] {5, 40, 0, 33}, 0),
            new Case(DType.F16, grouped, 16, new int[] {3, 18}, new int[] {50, 18}, 7),
            new Case(DType.F32, new Heads(3, 1, 10), 4, new int[] {6, 1}, new int[] {6, 13}, 0),
            new Case(
                DType.BF16, new Heads(4, 1, 128), 64, new int[] {70, 3}, new int[] {70, 260}, 0),
            new Case(DType.F16, new Heads(20, 1, 80), 8, new int[] {7}, new int[] {29}, 3),
            new Case(
                DType.BF16,
                new Heads(4, 1, 128),
                64,
                new int[] {1, 1, 1},
                new int[] {300, 64, 0},
                0),
            new Case(
                DType.BF16, new Heads(20, 1, 80), 8, new int[] {1, 1}, new int[] {29, 150}, 100),
            new Case(DType.F16, new Heads(3, 3, 256), 32, new int[] {1, 1}, new int[] {129, 1}, 0),
            new Case(DType.BF16, grouped, 16, new int[] {1, 1, 1}, new int[] {1, 70, 17}, 0),
            new Case(DType.F16, new Heads(2, 2, 64), 32, new int[] {1, 1}, new int[] {90, 3}, 20),
            new Case(DType.F32, grouped, 8, new int[] {1, 1}, new int[] {9, 30}, 0))
        .flatMap(AttentionKernelsTest::tests);
  }

  private static Stream<DynamicTest> tests(Case c) {
    int sequences = c.lengths.length;
    int tokens = Arrays.stream(c.lengths).sum();
    int blocksEach = Math.ceilDiv(Arrays.stream(c.contexts).max().orElseThrow(), c.tokensPerBlock);
    int pool = sequences * blocksEach + 1;
    StepBench bench =
        new StepBench()
            .sizes(tokens, sequences, sequences)
            .blocksPerSequence(blocksEach)
            .tolerance(c.dtype == DType.F32 ? 2e-5f : c.dtype == DType.F16 ? 2e-3f : 1.5e-2f);
    if (c.isDecode()) {
      bench.decode();
    }
    SizeExpr width = SizeExpr.of((long) c.heads.query() * c.heads.headDim());
    Ref query = bench.addRandom("query", c.dtype, SizeExpr.TOKENS, width);
    Heads h = c.heads;
    Ref keys = bench.addCache("keys", c.dtype, pool, h.keyValue(), c.tokensPerBlock, h.headDim());
    Ref values =
        bench.addCache("values", c.dtype, pool, h.keyValue(), c.tokensPerBlock, h.headDim());
    bench.tensor(keys).fill(bench.random, 1);
    bench.tensor(values).fill(bench.random, 1);
    Ref starts = bench.add("starts", DType.I32, SizeExpr.SEQUENCES.plus(SizeExpr.of(1)));
    Ref contexts = bench.add("contexts", DType.I32, SizeExpr.SEQUENCES);
    Ref tables = bench.add("tables", DType.I32, SizeExpr.SEQUENCES, SizeExpr.of(blocksEach));
    fillBatch(bench, c, starts, contexts, tables, pool);
    Ref out = bench.addRandom("out", c.dtype, SizeExpr.TOKENS, width);
    float scale = (float) (1 / Math.sqrt(h.headDim()));
    return bench.tests(
        c.toString(),
        new PagedAttention(query, keys, values, starts, contexts, tables, h, scale, c.window, out));
  }

  /// Blocks of a sequence lie in no order, and unused entries of its table are wild.
  private static void fillBatch(
      StepBench bench, Case c, Ref starts, Ref contexts, Ref tables, int pool) {
    int row = 0;
    int blocksEach = bench.tensor(tables).size(1);
    for (int s = 0; s < c.lengths.length; s++) {
      bench.tensor(starts).data.putInt(4 * s, row);
      row += c.lengths[s];
      bench.tensor(contexts).data.putInt(4 * s, c.contexts[s]);
      for (int b = 0; b < blocksEach; b++) {
        boolean used = b * c.tokensPerBlock < c.contexts[s];
        int block = pool - 1 - (s + b * c.lengths.length);
        bench.tensor(tables).data.putInt(4 * (s * blocksEach + b), used ? block : 0x3FFFFFFF);
      }
    }
    bench.tensor(starts).data.putInt(4 * c.lengths.length, row);
  }
}
