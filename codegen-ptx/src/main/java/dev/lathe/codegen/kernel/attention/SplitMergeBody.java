package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.attention.DecodeMerge.Merged;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.List;

/// Emits the kernel that merges the splits of decode attention: one block a sequence and query
/// head, one thread an element.
final class SplitMergeBody {
  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final int splits;

  SplitMergeBody(KernelBuilder k, AttentionProblem problem, int splits) {
    this.k = k;
    this.problem = problem;
    this.splits = splits;
  }

  void emit() {
    B64 workspace = k.pointer("workspace");
    B64 out = k.pointer("out");
    int headDim = problem.headDim();
    int rowBytes = (headDim + 2) * Float.BYTES;
    B32 row = k.mad(k.blockX(), problem.heads().query(), k.blockY());
    B64 line = k.madWide(row, splits * rowBytes, workspace);
    F32 top = k.constant(Float.NEGATIVE_INFINITY);
    k.unrolled(
        splits, i -> k.maxTo(top, k.loadF32(k.at(line, i * rowBytes + headDim * Float.BYTES))));
    F32 base = k.select(k.eq(top, Float.NEGATIVE_INFINITY), k.constant(0f), top);
    k.forRange(
        k.threadIndex(),
        headDim,
        k.threads(),
        element -> {
          B64 column = k.madWide(element, Float.BYTES, line);
          F32 sum = k.constant(0f);
          F32 total = k.constant(0f);
          for (int i = 0; i < splits; i++) {
            int end = i * rowBytes + headDim * Float.BYTES;
            F32 weight = k.exp2(k.sub(k.loadF32(k.at(line, end)), base));
            k.fmaTo(sum, weight, k.loadF32(k.at(column, i * rowBytes)));
            k.fmaTo(total, weight, k.loadF32(k.at(line, end + Float.BYTES)));
          }
          B64 address = k.madWide(k.mad(row, headDim, element), 2, out);
          F32 value = new Merged(top, sum, total).normalised(k);
          problem.dtype().store(k, k.at(address), List.of(value));
        });
  }
}
