package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.BlockReduction;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.ArrayList;
import java.util.List;

/// Emits the split of the merged projection: one warp a token and head. Lanes hold pairs of
/// elements that rotate together; elements past the rotary dimension are paired with their
/// neighbours and only copied.
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
      boolean queryNorm,
      boolean keyNorm,
      float epsilon,
      int tokensPerBlock) {

    /// Heads of queries, keys and values.
    int allHeads() {
      return heads.query() + 2 * heads.keyValue();
    }
  }

  /// A lane's elements: pair i is elements `first.get(i)` and `second.get(i)` of the head.
  private record Pairs(List<B32> first, List<B32> second) {}

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
    this.queryNorm = problem.queryNorm ? k.pointer("query_norm") : qkv;
    this.keyNorm = problem.keyNorm ? k.pointer("key_norm") : qkv;
    this.tokens = k.size("tokens");
    this.lane = k.laneIndex();
  }

  void emit() {
    Heads heads = problem.heads;
    B32 index = k.mad(k.blockX(), WARPS, k.warpIndex());
    B32 token = k.div(index, problem.allHeads());
    B32 head = k.rem(index, problem.allHeads());
    k.exitIf(k.ge(token, tokens));
    int headBytes = heads.headDim() * problem.format.bytes();
    B64 source = k.madWide(index, headBytes, qkv);
    Pairs pairs = pairs();
    List<F32> x = load(source, pairs);
    B32 kvHead = k.sub(head, heads.query());
    k.ifElse(
        k.lt(head, heads.query()),
        () -> {
          List<F32> rotated = rotate(token, norm(x, pairs, problem.queryNorm, queryNorm));
          B32 row = k.mad(token, heads.query(), head);
          store(k.madWide(row, headBytes, query), pairs, rotated);
        },
        () ->
            k.ifElse(
                k.lt(kvHead, heads.keyValue()),
                () -> {
                  List<F32> normed = norm(x, pairs, problem.keyNorm, keyNorm);
                  append(token, kvHead, keys, pairs, rotate(token, normed));
                },
                () -> append(token, k.sub(kvHead, heads.keyValue()), values, pairs, x)));
  }

  private int rounds() {
    return Math.ceilDiv(problem.heads.headDim() / 2, LANES);
  }

  /// Whether every lane has a pair in a round.
  private boolean whole(int round) {
    return (round + 1) * LANES <= problem.heads.headDim() / 2;
  }

  private Pairs pairs() {
    int half = problem.rotaryDim / 2;
    List<B32> first = new ArrayList<>();
    List<B32> second = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      B32 pair = k.add(lane, round * LANES);
      B32 even = k.mul(pair, 2);
      B32 odd = k.add(even, 1);
      if (problem.interleaved || half == 0) {
        first.add(even);
        second.add(odd);
      } else {
        Pred rotates = k.lt(pair, half);
        first.add(k.select(rotates, pair, even));
        second.add(k.select(rotates, k.add(pair, half), odd));
      }
    }
    return new Pairs(first, second);
  }

  /// Elements in the order first, second of each round; zeros past the head.
  private List<F32> load(B64 head, Pairs pairs) {
    List<F32> elements = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      for (B32 element : List.of(pairs.first.get(round), pairs.second.get(round))) {
        F32 value = k.constant(0f);
        B64 address = k.madWide(element, problem.format.bytes(), head);
        inside(round, () -> k.assign(value, problem.format.load(k, k.at(address), 1).getFirst()));
        elements.add(value);
      }
    }
    return elements;
  }

  private void store(B64 head, Pairs pairs, List<F32> elements) {
    for (int round = 0; round < rounds(); round++) {
      List<B32> places = List.of(pairs.first.get(round), pairs.second.get(round));
      int first = 2 * round;
      inside(
          round,
          () -> {
            for (int i = 0; i < 2; i++) {
              B64 address = k.madWide(places.get(i), problem.format.bytes(), head);
              problem.format.store(k, k.at(address), List.of(elements.get(first + i)));
            }
          });
    }
  }

  private void inside(int round, Runnable body) {
    if (whole(round)) {
      body.run();
    } else {
      k.ifThen(k.lt(lane, problem.heads.headDim() / 2 - round * LANES), body);
    }
  }

  private List<F32> norm(List<F32> x, Pairs pairs, boolean present, B64 weights) {
    if (!present) {
      return x;
    }
    F32 squares = k.constant(0f);
    x.forEach(value -> k.fmaTo(squares, value, value));
    F32 mean = k.mul(BlockReduction.warpSum(k, squares), 1f / problem.heads.headDim());
    F32 scale = k.reciprocal(k.sqrt(k.add(mean, problem.epsilon)));
    List<F32> w = load(weights, pairs);
    List<F32> normed = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      normed.add(k.mul(k.mul(x.get(i), scale), w.get(i)));
    }
    return normed;
  }

  private List<F32> rotate(B32 token, List<F32> x) {
    if (problem.rotaryDim == 0) {
      return x;
    }
    int half = problem.rotaryDim / 2;
    B32 position = k.loadB32(k.at(k.madWide(token, Integer.BYTES, positions)));
    B64 row = k.madWide(position, problem.rotaryDim * Float.BYTES, table);
    List<F32> rotated = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      F32 cos = k.constant(1f);
      F32 sin = k.constant(0f);
      B32 pair = k.add(lane, round * LANES);
      B64 address = k.madWide(pair, Float.BYTES, row);
      k.ifThen(
          k.lt(pair, half),
          () -> {
            k.loadTo(cos, k.at(address));
            k.loadTo(sin, k.at(address, half * Float.BYTES));
          });
      F32 a = x.get(2 * round);
      F32 b = x.get(2 * round + 1);
      rotated.add(k.sub(k.mul(a, cos), k.mul(b, sin)));
      rotated.add(k.fma(b, cos, k.mul(a, sin)));
    }
    return rotated;
  }

  /// Writes a head to its place in the cache; tokens without a slot are padding.
  private void append(B32 token, B32 head, B64 cache, Pairs pairs, List<F32> elements) {
    B32 slot = k.loadB32(k.at(k.madWide(token, Integer.BYTES, slots)));
    k.ifThen(
        k.ge(slot, 0),
        () -> {
          int size = problem.tokensPerBlock;
          B32 block = k.div(slot, size);
          B32 page = k.mad(block, problem.heads.keyValue(), head);
          int rowBytes = problem.heads.headDim() * problem.format.bytes();
          B64 pageStart = k.madWide(page, size * rowBytes, cache);
          store(k.madWide(k.rem(slot, size), rowBytes, pageStart), pairs, elements);
        });
  }
}
