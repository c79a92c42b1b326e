package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Rotates the pairs of a warp's heads by the angles of a position.
///
/// @param table a row for each position: cosines of all pairs, then sines
record HeadRotation(
    KernelBuilder k, RopeAppendProblem problem, HeadChunks chunks, B64 table, B32 position) {

  /// Cosines and sines of a lane's pairs in a round.
  private record Angles(List<F32> cos, List<F32> sin) {}

  /// @param heads each rotated by the same angles
  List<List<F32>> apply(List<List<F32>> heads) {
    if (problem.rotaryDim() == 0) {
      return heads;
    }
    List<Angles> angles = new ArrayList<>();
    for (int round = 0; round < chunks.rounds(); round++) {
      angles.add(load(round));
    }
    return heads.stream().map(x -> rotate(x, angles)).toList();
  }

  private Angles load(int round) {
    int half = problem.rotaryDim() / 2;
    B64 row = k.madWide(position, problem.rotaryDim() * Float.BYTES, table);
    B32 pair = chunks.pair(round);
    Angles angles = new Angles(constants(1f), constants(0f));
    B64 address = k.madWide(pair, Float.BYTES, row);
    k.ifThen(
        k.lt(pair, half),
        () -> {
          loadTable(angles.cos, address, 0);
          loadTable(angles.sin, address, half);
        });
    return angles;
  }

  private List<F32> rotate(List<F32> x, List<Angles> angles) {
    List<F32> rotated = new ArrayList<>();
    int both = 2 * chunks.size();
    for (int round = 0; round < chunks.rounds(); round++) {
      List<F32> pairs = x.subList(both * round, both * (round + 1));
      rotated.addAll(rotate(pairs, angles.get(round).cos, angles.get(round).sin));
    }
    return rotated;
  }

  private List<F32> constants(float value) {
    return Stream.generate(() -> k.constant(value)).limit(chunks.size()).toList();
  }

  private void loadTable(List<F32> targets, B64 address, int offset) {
    for (int i = 0; i < targets.size(); i += 4) {
      int count = Math.min(4, targets.size() - i);
      HeadChunks.assign(
          k,
          targets.subList(i, i + count),
          k.loadFloats(k.at(address, (offset + i) * Float.BYTES), count));
    }
  }

  /// Rotates the pairs of two chunks.
  private List<F32> rotate(List<F32> x, List<F32> cos, List<F32> sin) {
    int chunk = chunks.size();
    F32[] rotated = new F32[2 * chunk];
    for (int i = 0; i < chunk; i++) {
      int first = problem.interleaved() ? 2 * i : i;
      int second = problem.interleaved() ? 2 * i + 1 : chunk + i;
      F32 a = x.get(first);
      F32 b = x.get(second);
      rotated[first] = k.sub(k.mul(a, cos.get(i)), k.mul(b, sin.get(i)));
      rotated[second] = k.fma(b, cos.get(i), k.mul(a, sin.get(i)));
    }
    return List.of(rotated);
  }
}
