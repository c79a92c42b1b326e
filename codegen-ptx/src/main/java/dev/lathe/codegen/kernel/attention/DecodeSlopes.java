package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;

/// The slopes of a lane's head rows, g and g + 8, where scores have slopes.
final class DecodeSlopes {
  private final KernelBuilder k;
  private final ScoreRule rule;
  private final DecodeWork work;
  private final List<F32> slopes = new ArrayList<>();

  DecodeSlopes(
      KernelBuilder k, DecodeProblem problem, AttentionParameters parameters, DecodeWork work) {
    this.k = k;
    this.rule = problem.attention().scores();
    this.work = work;
    if (!rule.sloped()) {
      return;
    }
    B32 group = k.shr(k.laneIndex(), 2);
    for (int row = 0; row < (problem.usesLowerHalf() ? 16 : 8); row += 8) {
      B32 head = k.min(k.add(group, row), k.sub(work.heads(), 1));
      slopes.add(rule.exponentSlope(k, parameters.slope(k, k.add(work.firstHead(), head))));
    }
  }

  /// Adds the slopes to the scores of 16 keys, as [DecodeQuery#scores] gives them.
  void add(B32 firstKey, List<List<F32>> scores) {
    if (!rule.sloped()) {
      return;
    }
    B32 position = k.sub(work.context(), 1);
    B32 quad = k.and(k.laneIndex(), 3);
    for (int odd = 0; odd < 2; odd++) {
      B32 column = k.add(KeyOrder.ofQuad(k, quad, odd), firstKey);
      for (int tile = 0; tile < 2; tile++) {
        B32 key = k.add(column, KeyOrder.tileRow(tile));
        for (int half = 0; half < slopes.size(); half++) {
          F32 score = scores.get(tile).get(2 * half + odd);
          rule.addSlope(k, score, slopes.get(half), key, position);
        }
      }
    }
  }
}
