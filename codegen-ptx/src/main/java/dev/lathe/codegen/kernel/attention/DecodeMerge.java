package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.MERGE_ELEMENTS;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Merges what the warps of a block have summed, in their order, through the memory of their rings.
/// With one split, this is the result. Else the block's part goes to the workspace `(S, heads,
/// splits, headDim + 4)` f32, rows as [DecodeSums#store] has them.
final class DecodeMerge {
  private final KernelBuilder k;
  private final DecodeProblem decode;
  private final AttentionProblem problem;
  private final DecodeAttentionConfig config;
  private final B64 out;
  private final DecodeWork work;

  DecodeMerge(
      KernelBuilder k,
      DecodeProblem decode,
      DecodeAttentionConfig config,
      B64 out,
      DecodeWork work) {
    this.k = k;
    this.decode = decode;
    this.problem = decode.attention();
    this.config = config;
    this.out = out;
    this.work = work;
  }

  void emit(DecodeSums sums, KeyValueRing ring) {
    sums.store(ring.base(), work.heads());
    k.blockBarrier();
    k.forRange(
        k.threadIndex(),
        decode.mergeGroups(),
        k.threads(),
        index -> {
          int groups = problem.headDim() / MERGE_ELEMENTS;
          B32 head = k.div(index, groups);
          B32 element = k.mul(k.rem(index, groups), MERGE_ELEMENTS);
          k.ifThen(k.lt(head, work.heads()), () -> mergeElements(ring, head, element));
        });
  }

  private void mergeElements(KeyValueRing ring, B32 head, B32 element) {
    int rowBytes = DecodeSums.rowBytes(problem);
    B32 line = k.mad(head, rowBytes, ring.start());
    B32 column = k.mad(element, Float.BYTES, line);
    List<PartialSoftmax> parts = new ArrayList<>();
    for (int warp = 0; warp < config.warps(); warp++) {
      int offset = warp * ring.warpBytes();
      List<F32> ends = k.loadFloats(k.at(line, offset + rowBytes - 16), 2);
      List<F32> sums = k.loadFloats(k.at(column, offset), MERGE_ELEMENTS);
      parts.add(new PartialSoftmax(ends.get(0), ends.get(1), sums));
    }
    PartialSoftmax merged = PartialSoftmax.merge(k, parts);
    B32 queryHead = k.add(work.firstHead(), head);
    B32 row = k.mad(work.sequence(), problem.heads().query(), queryHead);
    if (config.splits() == 1) {
      B64 address = k.madWide(row, problem.headDim() * 2, k.madWide(element, 2, out));
      problem.dtype().store(k, k.at(address), merged.normalised(k));
    } else {
      storeSplit(merged, k.mad(row, config.splits(), work.split()), element);
    }
  }

  private void storeSplit(PartialSoftmax merged, B32 row, B32 element) {
    int rowBytes = DecodeSums.rowBytes(problem);
    B64 line = k.madWide(row, rowBytes, out);
    k.storeFloats(k.at(k.madWide(element, Float.BYTES, line)), merged.sums());
    Pred first = k.eq(element, 0);
    k.when(
        first,
        () -> k.storeFloats(k.at(line, rowBytes - 16), List.of(merged.greatest(), merged.total())));
  }
}
