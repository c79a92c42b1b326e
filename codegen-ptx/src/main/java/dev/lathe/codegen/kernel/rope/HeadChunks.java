package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// How the lanes of a warp hold a head. Elements rotate in pairs. A lane holds one or more
/// neighbouring pairs a round, as two chunks of neighbouring elements: those that come first in
/// their pairs, and those that come second; or, where pairs lie side by side, or past the rotary
/// dimension, where elements are only copied, the two halves of one stretch.
final class HeadChunks {
  static final int LANES = 32;

  private final KernelBuilder k;
  private final RopeAppendProblem problem;
  private final B32 lane;
  private final int chunk;

  /// First elements of a lane's two chunks, by round.
  private final List<B32> first = new ArrayList<>();

  private final List<B32> second = new ArrayList<>();

  HeadChunks(KernelBuilder k, RopeAppendProblem problem, B32 lane) {
    this.k = k;
    this.problem = problem;
    this.lane = lane;
    this.chunk = chunk(problem);
    int half = problem.rotaryDim() / 2;
    for (int round = 0; round < rounds(); round++) {
      B32 pair = pair(round);
      B32 start = k.mul(pair, 2);
      B32 middle = k.add(start, chunk);
      if (problem.interleaved() || half == 0) {
        first.add(start);
        second.add(middle);
      } else {
        Pred rotates = k.lt(pair, half);
        first.add(k.select(rotates, pair, start));
        second.add(k.select(rotates, k.add(pair, half), middle));
      }
    }
  }

  /// As many elements as one access can move, if a round still takes all lanes.
  private static int chunk(RopeAppendProblem problem) {
    int pairs = problem.headDim() / 2;
    int chunk = problem.format().maxVector();
    while (chunk > 1
        && (chunk * LANES > pairs || pairs % chunk != 0 || problem.rotaryDim() / 2 % chunk != 0)) {
      chunk /= 2;
    }
    return chunk;
  }

  /// Elements of a chunk.
  int size() {
    return chunk;
  }

  int rounds() {
    return Math.ceilDiv(problem.headDim() / 2, roundPairs());
  }

  /// The first of a lane's pairs in a round.
  B32 pair(int round) {
    return k.add(k.mul(lane, chunk), round * roundPairs());
  }

  /// Elements in the order first chunk, second chunk of each round; zeros past the head.
  List<F32> load(B64 head) {
    List<F32> elements = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      for (B32 start : List.of(first.get(round), second.get(round))) {
        List<F32> values = k.newF32s(chunk);
        if (!whole(round)) {
          values.forEach(value -> k.assign(value, 0f));
        }
        B64 address = k.madWide(start, problem.format().bytes(), head);
        inside(round, () -> assign(k, values, problem.format().load(k, k.at(address), chunk)));
        elements.addAll(values);
      }
    }
    return elements;
  }

  /// Stores elements that are in the order of [#load].
  void store(B64 head, List<F32> elements) {
    for (int round = 0; round < rounds(); round++) {
      B64 to = k.madWide(first.get(round), problem.format().bytes(), head);
      B64 then = k.madWide(second.get(round), problem.format().bytes(), head);
      int from = 2 * chunk * round;
      inside(
          round,
          () -> {
            problem.format().store(k, k.at(to), elements.subList(from, from + chunk));
            problem.format().store(k, k.at(then), elements.subList(from + chunk, from + 2 * chunk));
          });
    }
  }

  static void assign(KernelBuilder k, List<F32> targets, List<F32> values) {
    for (int i = 0; i < targets.size(); i++) {
      k.assign(targets.get(i), values.get(i));
    }
  }

  /// Pairs of a round, for all lanes together.
  private int roundPairs() {
    return LANES * chunk;
  }

  /// Whether every lane has pairs in a round.
  private boolean whole(int round) {
    return (round + 1) * roundPairs() <= problem.headDim() / 2;
  }

  private void inside(int round, Runnable body) {
    if (whole(round)) {
      body.run();
    } else {
      k.ifThen(k.lt(pair(round), problem.headDim() / 2), body);
    }
  }
}
