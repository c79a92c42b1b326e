package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Emits attention for one query row a sequence: keys and values go from memory straight into
/// registers, 16 bytes a lane, and are used once.
///
/// A block serves one sequence, one KV head and one of several splits of the keys; its warps take
/// groups of 16 keys in turn and merge their running softmaxes at the end. The heads that share the
/// KV head are the rows of an m16 tile. Two permutations replace all shuffles:
///
/// * Scores sum over the head's elements in any order: lane (g, q) takes elements 8q .. 8q+7 of
///   each 32 of key g, and of the query rows alike.
/// * Results may hold the head's elements in any order: with the 16 bytes at element 8g of the
///   values of keys 2q, 2q+1, 2q+8, 2q+9, column g of the e-th product is element 8g + e.
final class DecodeAttentionBody {
  private static final int KEYS = 16;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final DecodeAttentionConfig config;
  private final int headDim;
  private final B64 queries;
  private final B64 keys;
  private final B64 values;
  private final B64 contexts;
  private final B64 tables;
  private final DecodeMerge merge;
  private final B32 group;
  private final B32 quad;
  private final F32 greatestUpper;
  private final F32 greatestLower;
  private final F32 totalUpper;
  private final F32 totalLower;
  private final List<F32> sums = new ArrayList<>();

  DecodeAttentionBody(KernelBuilder k, AttentionProblem problem, DecodeAttentionConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.headDim = problem.headDim();
    this.queries = k.pointer("queries");
    this.keys = k.pointer("keys");
    this.values = k.pointer("values");
    this.contexts = k.pointer("contexts");
    this.tables = k.pointer("tables");
    this.merge = new DecodeMerge(k, problem, config);
    B32 lane = k.laneIndex();
    this.group = k.shr(lane, 2);
    this.quad = k.and(lane, 3);
    this.greatestUpper = k.constant(Float.NEGATIVE_INFINITY);
    this.greatestLower = k.constant(Float.NEGATIVE_INFINITY);
    this.totalUpper = k.constant(0f);
    this.totalLower = k.constant(0f);
    for (int i = 0; i < headDim / 2; i++) {
      sums.add(k.constant(0f));
    }
  }

  /// Query heads beyond 8 of a group need the lower half of the tile.
  private boolean lowerHalf() {
    return problem.heads().group() > 8;
  }

  void emit() {
    B32 sequence = k.blockX();
    B32 context = k.loadB32(k.at(k.madWide(sequence, Integer.BYTES, contexts)));
    B32 begin =
        problem.window() == 0
            ? k.constant(0)
            : k.max(k.sub(context, problem.window()), k.constant(0));
    List<List<B32>> query = loadQuery(sequence);
    PagedKeys pages = new PagedKeys(k, problem, tables, sequence, k.blockY());
    B32 worker = k.mad(k.blockZ(), config.warps(), k.warpIndex());
    B32 first = k.mad(worker, KEYS, k.and(begin, -KEYS));
    k.forRange(
        first,
        context,
        config.splits() * config.warps() * KEYS,
        key -> attend(key, begin, context, query, pages));
    merge.emit(sequence, List.of(greatestUpper, greatestLower), acrossQuad(), sums);
  }

  /// A fragments over the query in the permuted order, two k16 steps for each 32 elements.
  private List<List<B32>> loadQuery(B32 sequence) {
    B32 head = k.mul(k.blockY(), problem.heads().group());
    B64 base =
        k.madWide(
            sequence,
            problem.rowElements() * 2,
            k.madWide(k.add(head, group), headDim * 2, k.madWide(quad, 16, queries)));
    List<List<B32>> fragments = new ArrayList<>();
    for (int part = 0; part < headDim / 32; part++) {
      List<B32> upper = loadHead(base, part * 64, 0);
      List<B32> lower = loadHead(base, part * 64 + 8 * headDim * 2, 8);
      for (int step = 0; step < 4; step += 2) {
        fragments.add(
            List.of(upper.get(step), lower.get(step), upper.get(step + 1), lower.get(step + 1)));
      }
    }
    return fragments;
  }

  private List<B32> loadHead(B64 base, int offset, int firstRow) {
    List<B32> words = List.of(k.constant(0), k.constant(0), k.constant(0), k.constant(0));
    if (firstRow < problem.heads().group()) {
      Pred valid = k.lt(k.add(group, firstRow), problem.heads().group());
      k.when(valid, () -> k.loadWordsTo(words, k.at(base, offset), Cache.DEFAULT));
    }
    return words;
  }

  private void attend(B32 key, B32 begin, B32 context, List<List<B32>> query, PagedKeys pages) {
    k.comment("16 keys and their values");
    B64 page = pages.rowOffset(key);
    List<List<B32>> keyWords = new ArrayList<>();
    for (int tile = 0; tile < 2; tile++) {
      keyWords.add(loadKey(key, tile, context, page));
    }
    List<List<B32>> valueWords = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      valueWords.add(loadValue(key, (i & 1) + 8 * (i >> 1), context, page));
    }
    List<F32> scores = scores(query, keyWords);
    mask(key, begin, context, scores);
    update(scores);
    addValues(scores, valueWords);
  }

  /// Elements 8q .. 8q+7 of each 32 of key `8 tile + g`; zeros past the context.
  private List<B32> loadKey(B32 key, int tile, B32 context, B64 page) {
    B32 row = k.add(group, tile * 8);
    B64 address = k.add(k.madWide(row, headDim * 2, k.madWide(quad, 16, keys)), page);
    return loadRow(address, k.lt(k.add(key, row), context), headDim / 32, 64);
  }

  /// Elements 8g .. 8g+7 of each 64 of the values of key `2q + place`; zeros past the context.
  private List<B32> loadValue(B32 key, int place, B32 context, B64 page) {
    B32 row = k.mad(quad, 2, k.constant(place));
    B64 address = k.add(k.madWide(row, headDim * 2, k.madWide(group, 16, values)), page);
    return loadRow(address, k.lt(k.add(key, row), context), headDim / 64, 128);
  }

  private List<B32> loadRow(B64 address, Pred valid, int parts, int stride) {
    List<B32> words = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      List<B32> four = List.of(k.constant(0), k.constant(0), k.constant(0), k.constant(0));
      int offset = part * stride;
      k.when(valid, () -> k.loadWordsTo(four, k.at(address, offset), Cache.DEFAULT));
      words.addAll(four);
    }
    return words;
  }

  private List<F32> scores(List<List<B32>> query, List<List<B32>> keyWords) {
    List<F32> scores = new ArrayList<>();
    for (List<B32> words : keyWords) {
      List<F32> tile = List.of(k.constant(0f), k.constant(0f), k.constant(0f), k.constant(0f));
      for (int step = 0; step < query.size(); step++) {
        k.mma(problem.halfType(), tile, query.get(step), words.subList(2 * step, 2 * step + 2));
      }
      scores.addAll(tile);
    }
    scores.forEach(score -> k.assign(score, k.mul(score, problem.exponentScale())));
    return scores;
  }

  private void mask(B32 key, B32 begin, B32 context, List<F32> scores) {
    B32 first = k.mad(quad, 2, key);
    for (int i = 0; i < scores.size(); i++) {
      B32 column = k.add(first, (i >> 2) * 8 + (i & 1));
      Pred hidden = k.or(k.ge(column, context), k.lt(column, begin));
      F32 score = scores.get(i);
      k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
    }
  }

  private void update(List<F32> scores) {
    updateHalf(scores, 0, greatestUpper, totalUpper);
    if (lowerHalf()) {
      updateHalf(scores, 2, greatestLower, totalLower);
    }
  }

  private void updateHalf(List<F32> scores, int half, F32 greatest, F32 total) {
    F32 top = k.copy(greatest);
    for (int i = half; i < scores.size(); i += 4) {
      k.maxTo(top, k.max(scores.get(i), scores.get(i + 1)));
    }
    k.maxTo(top, k.shuffleXor(top, 1));
    k.maxTo(top, k.shuffleXor(top, 2));
    F32 base = k.select(k.eq(top, Float.NEGATIVE_INFINITY), k.constant(0f), top);
    F32 rescale = k.exp2(k.sub(greatest, base));
    k.assign(greatest, top);
    k.mulTo(total, rescale);
    for (int i = half; i < scores.size(); i += 4) {
      for (int j = i; j < i + 2; j++) {
        k.assign(scores.get(j), k.exp2(k.sub(scores.get(j), base)));
        k.addTo(total, scores.get(j));
      }
    }
    for (int i = half; i < sums.size(); i += 4) {
      k.mulTo(sums.get(i), rescale);
      k.mulTo(sums.get(i + 1), rescale);
    }
  }

  private void addValues(List<F32> scores, List<List<B32>> valueWords) {
    List<B32> weights = new ArrayList<>();
    for (int tile = 0; tile < 2; tile++) {
      for (int half = 0; half < 4; half += 2) {
        int first = tile * 4 + half;
        boolean used = half == 0 || lowerHalf();
        weights.add(used ? pack(scores.get(first), scores.get(first + 1)) : k.constant(0));
      }
    }
    for (int column = 0; column < headDim / 8; column++) {
      int word = column / 2;
      int selector = (column & 1) == 0 ? 0x5410 : 0x7632;
      List<B32> b = new ArrayList<>();
      for (int pair = 0; pair < 4; pair += 2) {
        b.add(
            k.permute(
                valueWords.get(pair).get(word), valueWords.get(pair + 1).get(word), selector));
      }
      k.mma(problem.halfType(), sums.subList(column * 4, column * 4 + 4), weights, b);
    }
  }

  private B32 pack(F32 low, F32 high) {
    return problem.dtype().pack(k, List.of(low, high)).getFirst();
  }

  private List<F32> acrossQuad() {
    List<F32> totals = new ArrayList<>();
    for (F32 total : List.of(totalUpper, totalLower)) {
      F32 sum = k.add(total, k.shuffleXor(total, 1));
      totals.add(k.add(sum, k.shuffleXor(sum, 2)));
    }
    return totals;
  }
}
