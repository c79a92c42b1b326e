package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Emits the split of the merged projection: one warp a token and head. Elements rotate in pairs. A
/// lane holds one or more neighbouring pairs a round, as two chunks of neighbouring elements: those
/// that come first in their pairs, and those that come second; or, where pairs lie side by side, or
/// past the rotary dimension, where elements are only copied, the two halves of one stretch.
final class RopeAppendBody {
  static final int WARPS = 4;
  private static final int LANES = 32;

  /// @param rotaryDim elements of a head that rotate, even; 0: none
  /// @param interleaved pairs are neighbours
  record Problem(
      FloatFormat format,
      Heads heads,
      int rotaryDim,
      boolean interleaved,
      NormSpan queryNorm,
      NormSpan keyNorm,
      float epsilon,
      float weightOffset,
      int tokensPerBlock) {

    /// Heads of queries, keys and values.
    int allHeads() {
      return heads.query() + 2 * heads.keyValue();
    }
  }

  /// What is normalised at once.
  enum NormSpan {
    NONE,
    EACH_HEAD,
    /// All query heads, or all key heads, of a token.
    ALL_HEADS
  }

  /// First elements of a lane's two chunks, by round.
  private record Chunks(List<B32> first, List<B32> second) {}

  private final KernelBuilder k;
  private final Problem problem;
  private final B64 qkv;
  private final B64 positions;
  private final B64 slots;
  private final B64 table;
  private final B64 queryNorm;
  private final B64 keyNorm;
  private final B64 keys;
  private final B64 values;
  private final B64 query;
  private final B32 tokens;
  private final B32 lane;
  private final int chunk;

  RopeAppendBody(KernelBuilder k, Problem problem) {
    this.k = k;
    this.problem = problem;
    this.qkv = k.pointer("qkv");
    this.slots = k.pointer("slots");
    this.keys = k.pointer("keys");
    this.values = k.pointer("values");
    this.query = k.pointer("query");
    this.positions = problem.rotaryDim > 0 ? k.pointer("positions") : qkv;
    this.table = problem.rotaryDim > 0 ? k.pointer("table") : qkv;
    this.queryNorm = problem.queryNorm != NormSpan.NONE ? k.pointer("query_norm") : qkv;
    this.keyNorm = problem.keyNorm != NormSpan.NONE ? k.pointer("key_norm") : qkv;
    this.tokens = k.size("tokens");
    this.lane = k.laneIndex();
    this.chunk = chunk(problem);
  }

  /// Elements of a chunk: as many as one access can move, if a round still takes all lanes.
  private static int chunk(Problem problem) {
    int pairs = problem.heads.headDim() / 2;
    int chunk = problem.format.maxVector();
    while (chunk > 1
        && (chunk * LANES > pairs || pairs % chunk != 0 || problem.rotaryDim / 2 % chunk != 0)) {
      chunk /= 2;
    }
    return chunk;
  }

  void emit() {
    k.startSuccessor();
    Heads heads = problem.heads;
    B32 index = k.mad(k.blockX(), WARPS, k.warpIndex());
    B32 token = k.div(index, problem.allHeads());
    B32 head = k.rem(index, problem.allHeads());
    int headBytes = heads.headDim() * problem.format.bytes();
    B64 source = k.madWide(index, headBytes, qkv);
    Chunks chunks = chunks();
    k.waitForPredecessor();
    k.exitIf(k.ge(token, tokens));
    B32 slot = k.loadB32(k.at(k.madWide(token, Integer.BYTES, slots)));
    B32 position =
        problem.rotaryDim == 0 ? slot : k.loadB32(k.at(k.madWide(token, Integer.BYTES, positions)));
    List<F32> x = load(source, chunks);
    B32 kvHead = k.sub(head, heads.query());
    k.ifElse(
        k.lt(head, heads.query()),
        () -> {
          Part part = new Part(problem.queryNorm, queryNorm, head, heads.query());
          List<F32> rotated = rotate(position, norm(x, chunks, index, part));
          B32 row = k.mad(token, heads.query(), head);
          store(k.madWide(row, headBytes, query), chunks, rotated);
        },
        () ->
            k.ifElse(
                k.lt(kvHead, heads.keyValue()),
                () -> {
                  Part part = new Part(problem.keyNorm, keyNorm, kvHead, heads.keyValue());
                  List<F32> normed = norm(x, chunks, index, part);
                  append(slot, kvHead, keys, chunks, rotate(position, normed));
                },
                () -> append(slot, k.sub(kvHead, heads.keyValue()), values, chunks, x)));
  }

  /// Pairs of a round, for all lanes together.
  private int roundPairs() {
    return LANES * chunk;
  }

  private int rounds() {
    return Math.ceilDiv(problem.heads.headDim() / 2, roundPairs());
  }

  /// Whether every lane has pairs in a round.
  private boolean whole(int round) {
    return (round + 1) * roundPairs() <= problem.heads.headDim() / 2;
  }

  /// The first of a lane's pairs in a round.
  private B32 pair(int round) {
    return k.add(k.mul(lane, chunk), round * roundPairs());
  }

  private Chunks chunks() {
    int half = problem.rotaryDim / 2;
    List<B32> first = new ArrayList<>();
    List<B32> second = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      B32 pair = pair(round);
      B32 start = k.mul(pair, 2);
      B32 middle = k.add(start, chunk);
      if (problem.interleaved || half == 0) {
        first.add(start);
        second.add(middle);
      } else {
        Pred rotates = k.lt(pair, half);
        first.add(k.select(rotates, pair, start));
        second.add(k.select(rotates, k.add(pair, half), middle));
      }
    }
    return new Chunks(first, second);
  }

  /// Elements in the order first chunk, second chunk of each round; zeros past the head.
  private List<F32> load(B64 head, Chunks chunks) {
    List<F32> elements = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      for (B32 start : List.of(chunks.first.get(round), chunks.second.get(round))) {
        List<F32> values = k.newF32s(chunk);
        if (!whole(round)) {
          values.forEach(value -> k.assign(value, 0f));
        }
        B64 address = k.madWide(start, problem.format.bytes(), head);
        inside(round, () -> assign(values, problem.format.load(k, k.at(address), chunk)));
        elements.addAll(values);
      }
    }
    return elements;
  }

  private void assign(List<F32> targets, List<F32> values) {
    for (int i = 0; i < targets.size(); i++) {
      k.assign(targets.get(i), values.get(i));
    }
  }

  private void store(B64 head, Chunks chunks, List<F32> elements) {
    for (int round = 0; round < rounds(); round++) {
      B64 first = k.madWide(chunks.first.get(round), problem.format.bytes(), head);
      B64 second = k.madWide(chunks.second.get(round), problem.format.bytes(), head);
      int from = 2 * chunk * round;
      inside(
          round,
          () -> {
            problem.format.store(k, k.at(first), elements.subList(from, from + chunk));
            problem.format.store(k, k.at(second), elements.subList(from + chunk, from + 2 * chunk));
          });
    }
  }

  private void inside(int round, Runnable body) {
    if (whole(round)) {
      body.run();
    } else {
      k.ifThen(k.lt(pair(round), problem.heads.headDim() / 2), body);
    }
  }

  /// The queries or the keys of a token.
  ///
  /// @param head of this warp among them
  /// @param heads count of them
  private record Part(NormSpan span, B64 weights, B32 head, int heads) {}

  /// @param index of the warp's head among those of all tokens
  private List<F32> norm(List<F32> x, Chunks chunks, B32 index, Part part) {
    if (part.span == NormSpan.NONE) {
      return x;
    }
    boolean all = part.span == NormSpan.ALL_HEADS;
    int headDim = problem.heads.headDim();
    F32 squares = all ? squaresOfAll(index, part) : squares(x);
    int count = all ? part.heads * headDim : headDim;
    F32 mean = k.mul(BlockReduction.warpSum(k, squares), 1f / count);
    F32 scale = k.reciprocal(k.sqrt(k.add(mean, problem.epsilon)));
    int headBytes = headDim * problem.format.bytes();
    B64 weights = all ? k.madWide(part.head, headBytes, part.weights) : part.weights;
    List<F32> normed = new ArrayList<>();
    List<F32> w = load(weights, chunks);
    for (int i = 0; i < x.size(); i++) {
      F32 gain = problem.weightOffset == 0 ? w.get(i) : k.add(w.get(i), problem.weightOffset);
      normed.add(k.mul(k.mul(x.get(i), scale), gain));
    }
    return normed;
  }

  private F32 squares(List<F32> x) {
    F32 squares = k.constant(0f);
    x.forEach(value -> k.fmaTo(squares, value, value));
    return squares;
  }

  /// A lane's part of the sum over all heads of the part: every warp of a token reads them again.
  private F32 squaresOfAll(B32 index, Part part) {
    int headDim = problem.heads.headDim();
    int vector = StridedVectors.vectorFor(headDim, problem.format);
    B64 first = k.madWide(k.sub(index, part.head), headDim * problem.format.bytes(), qkv);
    F32 squares = k.constant(0f);
    k.forRange(
        k.mul(lane, vector),
        part.heads * headDim,
        LANES * vector,
        element -> {
          B64 address = k.madWide(element, problem.format.bytes(), first);
          List<F32> values = problem.format.load(k, k.at(address), vector);
          values.forEach(value -> k.fmaTo(squares, value, value));
        });
    return squares;
  }

  private List<F32> rotate(B32 position, List<F32> x) {
    if (problem.rotaryDim == 0) {
      return x;
    }
    int half = problem.rotaryDim / 2;
    B64 row = k.madWide(position, problem.rotaryDim * Float.BYTES, table);
    List<F32> rotated = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      B32 pair = pair(round);
      List<F32> cos = constants(1f);
      List<F32> sin = constants(0f);
      B64 address = k.madWide(pair, Float.BYTES, row);
      k.ifThen(
          k.lt(pair, half),
          () -> {
            loadTable(cos, address, 0);
            loadTable(sin, address, half);
          });
      int from = 2 * chunk * round;
      rotated.addAll(rotate(x.subList(from, from + 2 * chunk), cos, sin));
    }
    return rotated;
  }

  private List<F32> constants(float value) {
    return Stream.generate(() -> k.constant(value)).limit(chunk).toList();
  }

  private void loadTable(List<F32> targets, B64 address, int offset) {
    for (int i = 0; i < chunk; i += 4) {
      int count = Math.min(4, chunk - i);
      assign(
          targets.subList(i, i + count),
          k.loadFloats(k.at(address, (offset + i) * Float.BYTES), count));
    }
  }

  /// Rotates the pairs of two chunks.
  private List<F32> rotate(List<F32> x, List<F32> cos, List<F32> sin) {
    F32[] rotated = new F32[2 * chunk];
    for (int i = 0; i < chunk; i++) {
      int first = problem.interleaved ? 2 * i : i;
      int second = problem.interleaved ? 2 * i + 1 : chunk + i;
      F32 a = x.get(first);
      F32 b = x.get(second);
      rotated[first] = k.sub(k.mul(a, cos.get(i)), k.mul(b, sin.get(i)));
      rotated[second] = k.fma(b, cos.get(i), k.mul(a, sin.get(i)));
    }
    return List.of(rotated);
  }

  /// Writes a head to its place in the cache; tokens without a slot are padding.
  private void append(B32 slot, B32 head, B64 cache, Chunks chunks, List<F32> elements) {
    k.ifThen(
        k.ge(slot, 0),
        () -> {
          int size = problem.tokensPerBlock;
          B32 block = k.div(slot, size);
          B32 page = k.mad(block, problem.heads.keyValue(), head);
          int rowBytes = problem.heads.headDim() * problem.format.bytes();
          B64 pageStart = k.madWide(page, size * rowBytes, cache);
          store(k.madWide(k.rem(slot, size), rowBytes, pageStart), chunks, elements);
        });
  }
}
