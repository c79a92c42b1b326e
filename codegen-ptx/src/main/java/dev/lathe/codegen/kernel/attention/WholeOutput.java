package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;

/// The block has seen all keys: what it takes is the result.
record WholeOutput(KernelBuilder k, AttentionProblem problem, B64 out, DecodeWork work)
    implements SplitOutput {

  @Override
  public void take(B32 group, B32 head, B32 element, PartialSoftmax part) {
    B32 queryHead = k.add(work.firstHead(), head);
    B32 row = k.mad(work.sequence(), problem.heads().query(), queryHead);
    B64 address = k.madWide(row, problem.headDim() * 2, k.madWide(element, 2, out));
    problem.dtype().store(k, k.at(address), part.normalised(k));
  }
}
