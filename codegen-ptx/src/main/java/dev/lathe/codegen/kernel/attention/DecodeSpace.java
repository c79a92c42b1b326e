package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.stream.Stream;

/// The configurations of decode attention, and what they are expected to take.
final class DecodeSpace {
  private static final int MAX_STAGES = 6;

  /// Warps that a multiprocessor has, in one block or several.
  private static final int WARPS = 8;

  /// Least GPU with clusters of blocks.
  private static final int CLUSTERS = 90;

  /// Of an H100, for which the estimate is made.
  private static final int MULTIPROCESSORS = Target.SM_90A.multiprocessors();

  /// Shared memory that each block takes besides its own.
  private static final int RESERVED_BYTES = 1024;

  /// Keys of a sequence for which configurations are ranked, if sequences may be as long.
  private static final int TYPICAL_KEYS = 2048;

  private static final double BYTES_PER_MICRO = 2.92e6;

  /// What one multiprocessor can read.
  private static final double BLOCK_BYTES_PER_MICRO = 8.0e4;

  /// From the start of a copy to its end.
  private static final double COPY_MICROS = 1.0;

  /// What a block takes besides its copies.
  private static final double BLOCK_MICROS = 2.0;

  /// How much of that is not hidden by another block.
  private static final double EXPOSED = 0.4;

  private DecodeSpace() {}

  static Stream<DecodeAttentionConfig> of(DecodeProblem problem, Target target) {
    Stream<DecodeAttentionConfig> shared =
        Stream.of(4, 2, 8)
            .flatMap(warps ->
                Stream.of(1, 2, 4, 8, 16).flatMap(splits -> of(problem, target, warps, splits)));
    return Stream.concat(shared, of(problem, target, 1, 1));
  }

  /// As many blocks on a multiprocessor as make 8 warps, or fewer if those had not two stages.
  private static Stream<DecodeAttentionConfig> of(
      DecodeProblem problem, Target target, int warps, int splits) {
    boolean cluster = target.sm() >= CLUSTERS && splits > 1 && splits <= 8;
    int inbox = cluster ? ClusterOutput.sharedBytes(problem, splits) : 0;
    for (int blocks = WARPS / warps; blocks > 0; blocks /= 2) {
      int available = (multiprocessorBytes(target) / blocks) - RESERVED_BYTES - inbox;
      int stages = available / (warps * KeyValueRing.stageBytes(problem.attention()));
      if (stages >= 2) {
        return Stream.of(
            new DecodeAttentionConfig(warps, splits, Math.min(MAX_STAGES, stages), cluster));
      }
    }
    return Stream.empty();
  }

  private static int multiprocessorBytes(Target target) {
    return target.sharedBytesPerBlock() + RESERVED_BYTES;
  }

  private static int sharedBytes(DecodeProblem problem, DecodeAttentionConfig config) {
    int inbox = config.cluster() ? ClusterOutput.sharedBytes(problem, config.splits()) : 0;
    return KeyValueRing.sharedBytes(problem.attention(), config) + inbox;
  }

  /// Blocks of a configuration for which a multiprocessor has shared memory.
  static int blocksPerMultiprocessor(
      DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    int bytes = sharedBytes(problem, config) + RESERVED_BYTES;
    return Math.min(multiprocessorBytes(target) / bytes, WARPS / config.warps());
  }

  /// The same where half of a multiprocessor's memory is left to L1, as plans do if they can.
  private static int residentBlocks(
      DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    int most = blocksPerMultiprocessor(problem, config, target);
    int half = multiprocessorBytes(target) / 2;
    int inHalf = half / (sharedBytes(problem, config) + RESERVED_BYTES);
    return inHalf == 0 ? most : Math.min(most, inHalf);
  }

  /// Blocks run in rounds, of which each takes as long as memory or as its slowest block: a block
  /// has a beginning and an end, and only so many bytes under way. For a context that is typical.
  /// The constants are those with which an H100 agrees within a few percent.
  static Cost estimate(DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    AttentionProblem attention = problem.attention();
    long blocks =
        problem.maxSequences()
            * attention.heads().keyValue()
            * problem.headBlocks()
            * config.splits();
    int perMultiprocessor = residentBlocks(problem, config, target);
    long resident = (long) MULTIPROCESSORS * perMultiprocessor;
    double bytes = (double) typicalKeys(attention) / config.splits() * attention.headDim() * 4;
    double start = BLOCK_MICROS + (config.cluster() ? blocks > resident ? 1.1 : 0.3 : 0);
    double block = start + bytes / blockRate(attention, config);
    double exposed = EXPOSED * start / perMultiprocessor;
    double micros = 0.5;
    for (long rest = blocks; rest > 0; rest -= resident) {
      double memory = Math.min(rest, resident) * bytes / BYTES_PER_MICRO;
      micros += Math.max(memory + exposed, block);
    }
    return new Cost(micros + (config.needsMergeKernel() ? 1 : 0) + 0.02 * (config.splits() - 1));
  }

  /// Bytes that a block can read in a microsecond.
  private static double blockRate(AttentionProblem attention, DecodeAttentionConfig config) {
    int tile = 4 * DecodeProblem.KEYS * attention.headDim();
    double underWay = config.warps() * (config.stages() - 1) * tile;
    return Math.min(BLOCK_BYTES_PER_MICRO, underWay / COPY_MICROS);
  }

  private static int typicalKeys(AttentionProblem attention) {
    int most = attention.tablePitch() * attention.tokensPerBlock();
    int seen = attention.window() == 0 ? most : Math.min(most, attention.window());
    return Math.min(TYPICAL_KEYS, seen);
  }
}
