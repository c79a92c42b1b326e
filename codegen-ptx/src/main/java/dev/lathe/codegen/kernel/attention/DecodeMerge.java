package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Merges the running softmaxes of a block's warps. With one split the result is final; with
/// several it goes to the workspace `(S, heads, splits, headDim + 2)` f32, whose rows end in the
/// greatest exponent and the sum of weights.
///
/// Declares the parameter `out`: the result, or the workspace.
final class DecodeMerge {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final DecodeAttentionConfig config;
  private final int headDim;
  private final int rowFloats;
  private final B64 out;

  DecodeMerge(KernelBuilder k, AttentionProblem problem, DecodeAttentionConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
    this.headDim = problem.headDim();
    this.rowFloats = headDim + 2;
    this.out = k.pointer("out");
  }

  /// Shared memory of a block: one row a warp and query head.
  static int sharedBytes(AttentionProblem problem, DecodeAttentionConfig config) {
    return config.warps() * problem.heads().group() * (problem.headDim() + 2) * Float.BYTES;
  }

  /// @param greatest exponents of rows g and g + 8
  /// @param totals weights of these rows
  /// @param sums fragments: element i of product c is of row g + 8 (i / 2), and of the head's
  ///     element 64 (c / 8) + 8 (2q + i mod 2) + c mod 8
  void emit(B32 sequence, List<F32> greatest, List<F32> totals, List<F32> sums) {
    int group = problem.heads().group();
    SharedRegion region = k.shared("merge", sharedBytes(problem, config), 16);
    B32 base = k.addressOf(region);
    B32 lane = k.laneIndex();
    B32 row = k.shr(lane, 2);
    B32 quad = k.and(lane, 3);
    for (int half = 0; half < Math.ceilDiv(group, 8); half++) {
      B32 head = k.add(row, half * 8);
      B32 line = k.mad(k.mad(k.warpIndex(), group, head), rowFloats * Float.BYTES, base);
      F32 top = greatest.get(half);
      F32 total = totals.get(half);
      int first = 2 * half;
      k.ifThen(
          k.lt(head, group),
          () -> {
            B32 elements = k.mad(quad, 16 * Float.BYTES, line);
            for (int column = 0; column < headDim / 8; column++) {
              int place = (column / 8 * 64 + column % 8) * Float.BYTES;
              k.store(k.at(elements, place), sums.get(column * 4 + first));
              k.store(k.at(elements, place + 8 * Float.BYTES), sums.get(column * 4 + first + 1));
            }
            k.store(k.at(line, headDim * Float.BYTES), top);
            k.store(k.at(line, (headDim + 1) * Float.BYTES), total);
          });
    }
    k.blockBarrier();
    k.forRange(k.threadIndex(), group * headDim, k.threads(), i -> mergeElement(sequence, base, i));
  }

  private void mergeElement(B32 sequence, B32 base, B32 index) {
    int group = problem.heads().group();
    B32 head = k.div(index, headDim);
    B32 element = k.rem(index, headDim);
    B32 line = k.mad(head, rowFloats * Float.BYTES, base);
    int warpStride = group * rowFloats * Float.BYTES;
    Merged merged = merge(config.warps(), line, k.mad(element, Float.BYTES, line), warpStride);
    B32 fullHead = k.mad(k.blockY(), group, head);
    B32 outRow = k.mad(sequence, problem.heads().query(), fullHead);
    if (config.splits() == 1) {
      B64 address = k.madWide(k.mad(outRow, headDim, element), 2, out);
      problem.dtype().store(k, k.at(address), List.of(merged.normalised(k)));
      return;
    }
    B64 splitLine =
        k.madWide(k.mad(outRow, config.splits(), k.blockZ()), rowFloats * Float.BYTES, out);
    k.store(k.at(k.madWide(element, Float.BYTES, splitLine)), merged.sum);
    Pred first = k.eq(element, 0);
    k.when(first, () -> k.store(k.at(splitLine, headDim * Float.BYTES), merged.greatest));
    k.when(first, () -> k.store(k.at(splitLine, (headDim + 1) * Float.BYTES), merged.total));
  }

  private Merged merge(int count, B32 line, B32 element, int stride) {
    F32 top = k.constant(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < count; i++) {
      k.maxTo(top, k.loadF32(k.at(line, i * stride + headDim * Float.BYTES)));
    }
    F32 base = k.select(k.eq(top, Float.NEGATIVE_INFINITY), k.constant(0f), top);
    F32 sum = k.constant(0f);
    F32 total = k.constant(0f);
    for (int i = 0; i < count; i++) {
      F32 exponent = k.loadF32(k.at(line, i * stride + headDim * Float.BYTES));
      F32 weight = k.exp2(k.sub(exponent, base));
      k.fmaTo(sum, weight, k.loadF32(k.at(element, i * stride)));
      k.fmaTo(total, weight, k.loadF32(k.at(line, i * stride + (headDim + 1) * Float.BYTES)));
    }
    return new Merged(top, sum, total);
  }

  /// Softmaxes brought to one greatest exponent.
  record Merged(F32 greatest, F32 sum, F32 total) {

    /// The result; 0 where there were no keys.
    F32 normalised(KernelBuilder k) {
      return k.mul(sum, k.select(k.gt(total, 0f), k.reciprocal(total), 0f));
    }
  }
}
