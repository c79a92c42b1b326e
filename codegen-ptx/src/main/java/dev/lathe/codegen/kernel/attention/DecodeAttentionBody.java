package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Emits attention for one query row a sequence.
///
/// A block serves one sequence, one KV head with the query heads that share it, and one of several
/// splits of the keys. Each of its warps has keys of its own, which come through a ring in shared
/// memory ([KeyValueRing]), are multiplied with the queries ([DecodeQuery]) and give weights to
/// their values ([DecodeSums]); no warp waits for another before the end, when all are merged
/// ([DecodeMerge]).
///
/// On GPUs that let a kernel start before its predecessor is done, tiles without the newest key are
/// under way before the wait: only the predecessor writes keys of this step.
///
/// Which warp adds which keys, and in which order, depends on the sequence's own context alone.
final class DecodeAttentionBody {
  private final KernelBuilder k;
  private final DecodeProblem problem;
  private final DecodeAttentionConfig config;

  DecodeAttentionBody(KernelBuilder k, DecodeProblem problem, DecodeAttentionConfig config) {
    this.k = k;
    this.problem = problem;
    this.config = config;
  }

  void emit() {
    AttentionProblem attention = problem.attention();
    AttentionParameters parameters = AttentionParameters.declare(k, attention);
    k.startSuccessor();
    DecodeWork work = DecodeWork.find(k, problem, parameters);
    KeyValueRing ring = new KeyValueRing(k, attention, config, parameters, work);
    SplitOutput output = output(parameters, work);
    output.begin();
    k.comment("tiles of earlier steps");
    ring.fill();
    k.waitForPredecessor();
    k.comment("the newest key, and queries");
    ring.fillNewest();
    DecodeQuery query = new DecodeQuery(k, problem, parameters.queries(), work);
    DecodeSlopes slopes = new DecodeSlopes(k, problem, parameters, work);
    DecodeSums sums = new DecodeSums(k, problem);
    k.forRange(
        ring.firstTile(),
        work.tiles(),
        config.workers(),
        tile -> {
          k.comment("16 keys and their values");
          ring.await(tile);
          List<List<F32>> scores = query.scores(ring.keys(), KeyValueRing.pitchBytes(attention));
          slopes.add(ring.firstKey(tile), scores);
          mask(ring.firstKey(tile), work, scores);
          sums.add(scores, ring.keys(), ring.valueOffset(), KeyValueRing.pitchBytes(attention));
          ring.advance();
        });
    k.comment("merge");
    k.warpBarrier();
    new DecodeMerge(k, problem, config.warps(), work, output).emit(sums, ring);
  }

  private SplitOutput output(AttentionParameters parameters, DecodeWork work) {
    AttentionProblem attention = problem.attention();
    if (config.needsMergeKernel()) {
      return new WorkspaceOutput(k, attention, config.splits(), parameters.out(), work);
    }
    WholeOutput whole = new WholeOutput(k, attention, parameters.out(), work);
    return config.cluster() ? new ClusterOutput(k, problem, config.splits(), whole, work) : whole;
  }

  /// Hides keys past the context and before the window, in tiles that have any.
  private void mask(B32 firstKey, DecodeWork work, List<List<F32>> scores) {
    Pred end = k.gt(k.add(firstKey, DecodeProblem.KEYS), work.context());
    boolean window = problem.attention().window() > 0;
    Pred needed = window ? k.or(end, k.lt(firstKey, work.begin())) : end;
    k.ifThen(needed, () -> hide(firstKey, window, work, scores));
  }

  private void hide(B32 firstKey, boolean window, DecodeWork work, List<List<F32>> scores) {
    B32 quad = k.and(k.laneIndex(), 3);
    for (int odd = 0; odd < 2; odd++) {
      B32 column = k.add(KeyOrder.ofQuad(k, quad, odd), firstKey);
      for (int tile = 0; tile < 2; tile++) {
        B32 key = k.add(column, KeyOrder.tileRow(tile));
        Pred past = k.ge(key, work.context());
        Pred hidden = window ? k.or(past, k.lt(key, work.begin())) : past;
        for (int half = 0; half < (problem.usesLowerHalf() ? 2 : 1); half++) {
          F32 score = scores.get(tile).get(2 * half + odd);
          k.when(hidden, () -> k.assign(score, Float.NEGATIVE_INFINITY));
        }
      }
    }
  }
}
