package dev.lathe.codegen.kernel;

import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// A batch for attention kernels. What no row may see is not a number.
///
/// @param lengths new tokens of each sequence
/// @param contexts tokens of each sequence in the cache, the new ones included
/// @param equalKeys true if all keys count the same, so that one too few or too many shows
record AttentionCase(
    String target,
    DType dtype,
    Heads heads,
    int tokensPerBlock,
    int[] lengths,
    int[] contexts,
    Rule rule,
    boolean equalKeys) {

  /// What rows see, and how they weigh it.
  ///
  /// @param window keys that a row sees; 0: all
  /// @param softCap of scores; 0: none
  /// @param sloped true if heads have slopes
  /// @param causal false if rows see keys behind their own
  record Rule(int window, float softCap, boolean sloped, boolean causal) {}

  AttentionCase(
      DType dtype, Heads heads, int tokensPerBlock, int[] lengths, int[] contexts, int window) {
    this("sm_80", dtype, heads, tokensPerBlock, lengths, contexts, window, false);
  }

  /// With scores that are products times the scale.
  AttentionCase(
      String target,
      DType dtype,
      Heads heads,
      int tokensPerBlock,
      int[] lengths,
      int[] contexts,
      int window,
      boolean equalKeys) {
    this(
        target,
        dtype,
        heads,
        tokensPerBlock,
        lengths,
        contexts,
        new Rule(window, 0, false, true),
        equalKeys);
  }

  /// One new token for each sequence.
  static AttentionCase decode(
      String target, DType dtype, Heads heads, int tokensPerBlock, int... contexts) {
    int[] lengths = new int[contexts.length];
    Arrays.fill(lengths, 1);
    return new AttentionCase(target, dtype, heads, tokensPerBlock, lengths, contexts, 0, false);
  }

  AttentionCase window(int keys) {
    return with(new Rule(keys, rule.softCap, rule.sloped, rule.causal), equalKeys);
  }

  /// With scores that approach a cap.
  AttentionCase capped(float cap) {
    return with(new Rule(rule.window, cap, rule.sloped, rule.causal), equalKeys);
  }

  AttentionCase withSlopes() {
    return with(new Rule(rule.window, rule.softCap, true, rule.causal), equalKeys);
  }

  /// With rows that see all keys of their sequence.
  AttentionCase inBothDirections() {
    return with(new Rule(rule.window, rule.softCap, rule.sloped, false), equalKeys);
  }

  AttentionCase withEqualKeys() {
    return with(rule, true);
  }

  private AttentionCase with(Rule other, boolean equal) {
    return new AttentionCase(target, dtype, heads, tokensPerBlock, lengths, contexts, other, equal);
  }

  @Override
  public String toString() {
    return String.format(
        "%s %s %s, pages of %d, new %s, context %s, window %d, cap %s%s%s%s",
        target,
        dtype,
        heads,
        tokensPerBlock,
        Arrays.toString(lengths),
        Arrays.toString(contexts),
        rule.window,
        rule.softCap,
        rule.sloped ? ", slopes" : "",
        rule.causal ? "" : ", both directions",
        equalKeys ? ", equal keys" : "");
  }

  private boolean isDecode() {
    return Arrays.stream(lengths).allMatch(length -> length == 1);
  }

  /// A test for every candidate of the catalog.
  Stream<DynamicTest> tests() {
    return tests(_ -> true);
  }

  /// A test for every candidate of a kind.
  Stream<DynamicTest> tests(Predicate<Candidate> kind) {
    int sequences = lengths.length;
    int blocksEach = Math.ceilDiv(Arrays.stream(contexts).max().orElseThrow(), tokensPerBlock);
    int pool = sequences * blocksEach + 1;
    StepBench bench =
        new StepBench()
            .target(target)
            .sizes(Arrays.stream(lengths).sum(), sequences, sequences)
            .blocksPerSequence(blocksEach)
            .tolerance(dtype == DType.F32 ? 2e-5f : dtype == DType.F16 ? 2e-3f : 1.5e-2f);
    if (isDecode()) {
      bench.decode();
    }
    SizeExpr width = SizeExpr.of((long) heads.query() * heads.headDim());
    Ref query = bench.add("query", dtype, SizeExpr.TOKENS, width);
    bench.tensor(query).fill(bench.random, equalKeys ? 0 : 1);
    Ref keys = cache(bench, "keys", pool, 1);
    Ref values = cache(bench, "values", pool, equalKeys ? 64 : 1);
    Ref starts = bench.add("starts", DType.I32, SizeExpr.SEQUENCES.plus(SizeExpr.of(1)));
    Ref lengthsInCache = bench.add("contexts", DType.I32, SizeExpr.SEQUENCES);
    Ref tables = bench.add("tables", DType.I32, SizeExpr.SEQUENCES, SizeExpr.of(blocksEach));
    fillBatch(bench, starts, lengthsInCache, tables, pool);
    hideUnused(bench, keys, values, tables);
    markNewest(bench.readEarly(starts, lengthsInCache, tables, keys, values), keys, values, tables);
    Ref out = bench.addRandom("out", dtype, SizeExpr.TOKENS, width);
    float scale = (float) (1 / Math.sqrt(heads.headDim()));
    return bench.tests(
        toString(),
        new PagedAttention(
            query,
            keys,
            values,
            starts,
            lengthsInCache,
            tables,
            rule.sloped ? Optional.of(slopes(bench)) : Optional.empty(),
            heads,
            scale,
            rule.softCap,
            rule.window,
            rule.causal,
            out),
        kind);
  }

  private Ref slopes(StepBench bench) {
    Ref slopes = bench.add("@slopes", DType.F32, SizeExpr.of(heads.query()));
    for (int i = 0; i < heads.query(); i++) {
      bench.tensor(slopes).set(i, (float) Math.pow(2, -1 - i));
    }
    return slopes;
  }

  private Ref cache(StepBench bench, String name, int pool, float scale) {
    Ref cache =
        bench.addCache(name, dtype, pool, heads.keyValue(), tokensPerBlock, heads.headDim());
    bench.tensor(cache).fill(bench.random, scale);
    return cache;
  }

  /// Blocks of a sequence lie in no order, and unused entries of its table are wild.
  private void fillBatch(StepBench bench, Ref starts, Ref contextLengths, Ref tables, int pool) {
    int row = 0;
    int blocksEach = bench.tensor(tables).size(1);
    for (int s = 0; s < lengths.length; s++) {
      bench.tensor(starts).data.putInt(4 * s, row);
      row += lengths[s];
      bench.tensor(contextLengths).data.putInt(4 * s, contexts[s]);
      for (int b = 0; b < blocksEach; b++) {
        boolean used = b * tokensPerBlock < contexts[s];
        int block = pool - 1 - (s + b * lengths.length);
        bench.tensor(tables).data.putInt(4 * (s * blocksEach + b), used ? block : 0x3FFFFFFF);
      }
    }
    bench.tensor(starts).data.putInt(4 * lengths.length, row);
  }

  /// Keys and values of new tokens are of this step, all others are of earlier ones.
  private void markNewest(StepBench bench, Ref keys, Ref values, Ref tables) {
    for (int s = 0; s < contexts.length; s++) {
      for (int p = Math.max(0, contexts[s] - lengths[s]); p < contexts[s]; p++) {
        for (int head = 0; head < heads.keyValue(); head++) {
          int bytes = heads.headDim() * dtype.bytes();
          int row = row(bench, tables, s, p, head);
          bench.writtenBefore(keys, row * bytes, bytes);
          bench.writtenBefore(values, row * bytes, bytes);
        }
      }
    }
  }

  /// Row of the cache that holds position p of sequence s.
  private int row(StepBench bench, Ref tables, int s, int p, int head) {
    int blocksEach = bench.tensor(tables).size(1);
    int block = bench.tensor(tables).getInt(s * blocksEach + p / tokensPerBlock);
    return (block * heads.keyValue() + head) * tokensPerBlock + p % tokensPerBlock;
  }

  /// Makes NaN of what lies behind each sequence's last token in its last block.
  private void hideUnused(StepBench bench, Ref keys, Ref values, Ref tables) {
    for (int s = 0; s < contexts.length; s++) {
      for (int p = contexts[s]; p % tokensPerBlock != 0; p++) {
        for (int head = 0; head < heads.keyValue(); head++) {
          int row = row(bench, tables, s, p, head);
          for (int i = 0; i < heads.headDim(); i++) {
            bench.tensor(keys).set(row * heads.headDim() + i, Float.NaN);
            bench.tensor(values).set(row * heads.headDim() + i, Float.NaN);
          }
        }
      }
    }
  }
}
