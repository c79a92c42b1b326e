package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.MERGE_ELEMENTS;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;

/// Emits the kernel that merges the splits of decode attention, in their order: one block a
/// sequence and query head, a few elements a thread.
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
    k.startSuccessor();
    k.waitForPredecessor();
    int rowBytes = DecodeSums.rowBytes(problem);
    B32 row = k.mad(k.blockX(), problem.heads().query(), k.blockY());
    B64 line = k.madWide(row, splits * rowBytes, workspace);
    k.forRange(
        k.threadIndex(),
        problem.headDim() / MERGE_ELEMENTS,
        k.threads(),
        index -> {
          B64 column = k.madWide(index, MERGE_ELEMENTS * Float.BYTES, line);
          List<PartialSoftmax> parts = new ArrayList<>();
          for (int split = 0; split < splits; split++) {
            int offset = split * rowBytes;
            List<F32> ends = k.loadFloats(k.at(line, offset + rowBytes - 16), 2);
            List<F32> sums = k.loadFloats(k.at(column, offset), MERGE_ELEMENTS);
            parts.add(new PartialSoftmax(ends.get(0), ends.get(1), sums));
          }
          PartialSoftmax merged = PartialSoftmax.merge(k, parts);
          B64 address =
              k.madWide(row, problem.headDim() * 2, k.madWide(index, MERGE_ELEMENTS * 2, out));
          problem.dtype().store(k, k.at(address), merged.normalised(k));
        });
  }
}
