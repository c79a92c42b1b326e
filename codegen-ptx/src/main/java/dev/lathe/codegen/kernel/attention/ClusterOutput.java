package dev.lathe.codegen.kernel.attention;

import static dev.lathe.codegen.kernel.attention.DecodeProblem.MERGE_ELEMENTS;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayList;
import java.util.List;

/// The splits are a cluster of blocks, each of which merges a share of the elements: it gets them
/// from all others in its shared memory, and adds them in the order of the splits.
///
/// Blocks write into one another and read their own: after the last barrier of the cluster, none
/// needs another to be still there.
final class ClusterOutput implements SplitOutput {
  /// Elements, greatest exponent, total, and two floats for the sake of alignment.
  private static final int ENTRY_BYTES = (MERGE_ELEMENTS + 4) * Float.BYTES;

  private final KernelBuilder k;
  private final DecodeProblem problem;
  private final int splits;
  private final DecodeWork work;
  private final WholeOutput out;
  private final B32 inbox;

  ClusterOutput(
      KernelBuilder k, DecodeProblem problem, int splits, WholeOutput out, DecodeWork work) {
    this.k = k;
    this.problem = problem;
    this.splits = splits;
    this.out = out;
    this.work = work;
    this.inbox = k.addressOf(k.shared("inbox", sharedBytes(problem, splits), 16));
    k.cluster(splits);
  }

  /// Shared memory of a block.
  static int sharedBytes(DecodeProblem problem, int splits) {
    return splits * share(problem, splits) * ENTRY_BYTES;
  }

  /// Groups of elements that a block merges.
  private static int share(DecodeProblem problem, int splits) {
    return Math.ceilDiv(problem.mergeGroups(), splits);
  }

  /// Tells the others that this block has begun: nobody writes into one that has not.
  @Override
  public void begin() {
    k.clusterArriveRelaxed();
  }

  @Override
  public void prepare() {
    k.clusterWait();
  }

  @Override
  public void take(B32 group, B32 head, B32 element, PartialSoftmax part) {
    int share = share(problem, splits);
    B32 owner = k.div(group, share);
    B32 entry = k.mad(work.split(), share, k.rem(group, share));
    B32 address = k.inBlock(k.mad(entry, ENTRY_BYTES, inbox), owner);
    k.storeFloatsToCluster(k.at(address), part.sums());
    k.storeFloatsToCluster(
        k.at(address, MERGE_ELEMENTS * Float.BYTES), List.of(part.greatest(), part.total()));
  }

  @Override
  public void end() {
    int share = share(problem, splits);
    k.warpBarrier();
    k.clusterArrive();
    k.clusterWait();
    B32 first = k.mul(work.split(), share);
    k.forRange(
        k.threadIndex(),
        k.min(k.sub(k.constant(problem.mergeGroups()), first), share),
        k.threads(),
        index -> {
          DecodeMerge.Place place = DecodeMerge.Place.of(k, problem, k.add(first, index));
          k.ifThen(k.lt(place.head(), work.heads()), () -> merge(index, place));
        });
  }

  private void merge(B32 index, DecodeMerge.Place place) {
    B32 address = k.mad(index, ENTRY_BYTES, inbox);
    List<PartialSoftmax> parts = new ArrayList<>();
    for (int split = 0; split < splits; split++) {
      int offset = split * share(problem, splits) * ENTRY_BYTES;
      List<F32> sums = k.loadFloats(k.at(address, offset), MERGE_ELEMENTS);
      List<F32> ends = k.loadFloats(k.at(address, offset + MERGE_ELEMENTS * Float.BYTES), 2);
      parts.add(new PartialSoftmax(ends.get(0), ends.get(1), sums));
    }
    out.take(place.group(), place.head(), place.element(), PartialSoftmax.merge(k, parts));
  }
}
