package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Another kernel merges the splits ([SplitMergeBody]): this one's go to a workspace `(S, heads,
/// splits, headDim + 4)` f32, rows as [DecodeSums#store] has them.
record WorkspaceOutput(
    KernelBuilder k, AttentionProblem problem, int splits, B64 workspace, DecodeWork work)
    implements SplitOutput {

  @Override
  public void take(B32 group, B32 head, B32 element, PartialSoftmax part) {
    int rowBytes = DecodeSums.rowBytes(problem);
    B32 queryHead = k.add(work.firstHead(), head);
    B32 row = k.mad(work.sequence(), problem.heads().query(), queryHead);
    B64 line = k.madWide(k.mad(row, splits, work.split()), rowBytes, workspace);
    k.storeFloats(k.at(k.madWide(element, Float.BYTES, line)), part.sums());
    Pred first = k.eq(element, 0);
    k.when(
        first,
        () -> k.storeFloats(k.at(line, rowBytes - 16), List.of(part.greatest(), part.total())));
  }
}
