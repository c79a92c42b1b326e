package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.MERGE_ELEMENTS;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;

/// Merges what the warps of a block have summed, in their order, through the memory of their rings.
final class DecodeMerge {
  private final KernelBuilder k;
  private final DecodeProblem problem;
  private final int warps;
  private final DecodeWork work;
  private final SplitOutput output;

  DecodeMerge(
      KernelBuilder k, DecodeProblem problem, int warps, DecodeWork work, SplitOutput output) {
    this.k = k;
    this.problem = problem;
    this.warps = warps;
    this.work = work;
    this.output = output;
  }

  /// Four elements of a head.
  ///
  /// @param group their number in the block, in order of heads and elements
  /// @param head of the block's
  /// @param element the first one
  record Place(B32 group, B32 head, B32 element) {
    static Place of(KernelBuilder k, DecodeProblem problem, B32 group) {
      int groupsOfHead = problem.attention().headDim() / MERGE_ELEMENTS;
      B32 element = k.mul(k.rem(group, groupsOfHead), MERGE_ELEMENTS);
      return new Place(group, k.div(group, groupsOfHead), element);
    }
  }

  void emit(DecodeSums sums, KeyValueRing ring) {
    sums.store(ring.base(), work.heads());
    k.blockBarrier();
    output.prepare();
    k.forRange(
        k.threadIndex(),
        problem.mergeGroups(),
        k.threads(),
        group -> {
          Place place = Place.of(k, problem, group);
          k.ifThen(k.lt(place.head, work.heads()), () -> merge(ring, place));
        });
    output.end();
  }

  private void merge(KeyValueRing ring, Place place) {
    int rowBytes = DecodeSums.rowBytes(problem.attention());
    B32 line = k.mad(place.head, rowBytes, ring.start());
    B32 column = k.mad(place.element, Float.BYTES, line);
    List<PartialSoftmax> parts = new ArrayList<>();
    for (int warp = 0; warp < warps; warp++) {
      int offset = warp * ring.warpBytes();
      List<F32> ends = k.loadFloats(k.at(line, offset + rowBytes - 16), 2);
      List<F32> sums = k.loadFloats(k.at(column, offset), MERGE_ELEMENTS);
      parts.add(new PartialSoftmax(ends.get(0), ends.get(1), sums));
    }
    output.take(place.group, place.head, place.element, PartialSoftmax.merge(k, parts));
  }
}
