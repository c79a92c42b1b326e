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

  private static final int MULTIPROCESSORS = 132;

  /// Shared memory that each block takes besides its own.
  private static final int RESERVED_BYTES = 1024;

  /// Keys of a sequence for which configurations are ranked, if sequences may be as long.
  private static final int TYPICAL_KEYS = 2048;

  private static final double BYTES_PER_MICRO = 3.0e6;

  /// What one multiprocessor can read.
  private static final double BLOCK_BYTES_PER_MICRO = 4.0e4;

  /// From the start of a copy to its end, when memory is busy.
  private static final double COPY_MICROS = 1.5;

  private DecodeSpace() {}

  static Stream<DecodeAttentionConfig> of(DecodeProblem problem, Target target) {
    return Stream.of(4, 2, 8)
        .flatMap(warps ->
            Stream.of(1, 2, 4, 8, 16).flatMap(splits -> of(problem, target, warps, splits)));
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

  /// Blocks of a configuration for which a multiprocessor has shared memory.
  static int blocksPerMultiprocessor(
      DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    int inbox = config.cluster() ? ClusterOutput.sharedBytes(problem, config.splits()) : 0;
    int bytes = KeyValueRing.sharedBytes(problem.attention(), config) + inbox + RESERVED_BYTES;
    return Math.min(multiprocessorBytes(target) / bytes, WARPS / config.warps());
  }

  /// Blocks run in rounds, of which each takes as long as memory or as its slowest block: a block
  /// has only so many bytes under way. For a context that is typical.
  static Cost estimate(DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    AttentionProblem attention = problem.attention();
    long blocks =
        problem.maxSequences()
            * attention.heads().keyValue()
            * problem.headBlocks()
            * config.splits();
    int keys = typicalKeys(attention);
    double bytes = (double) keys / config.splits() * attention.headDim() * 4;
    double blockMicros = bytes / blockRate(attention, config);
    int perMultiprocessor = blocksPerMultiprocessor(problem, config, target);
    long resident = (long) MULTIPROCESSORS * perMultiprocessor;
    long rounds = blocks / resident;
    double memory = rounds * Math.max(resident * bytes / BYTES_PER_MICRO, blockMicros);
    if (blocks % resident > 0) {
      memory += Math.max(blocks % resident * bytes / BYTES_PER_MICRO, blockMicros);
      rounds++;
    }
    double starts = (double) rounds / perMultiprocessor;
    double merge = config.splits() == 1 ? 0 : (config.cluster() ? 0.6 : 3) + 0.05 * config.splits();
    return new Cost(1.5 + memory + starts + merge);
  }

  /// Bytes that a block can read in a microsecond.
  private static double blockRate(AttentionProblem attention, DecodeAttentionConfig config) {
    int tile = 4 * DecodeProblem.KEYS * attention.headDim();
    double copies = (config.stages() - 1) * tile / COPY_MICROS;
    double tileMicros = 0.2 + 0.15 * attention.headDim() / 128;
    double rate = config.warps() * Math.min(copies, tile / tileMicros);
    return Math.min(BLOCK_BYTES_PER_MICRO, rate);
  }

  private static int typicalKeys(AttentionProblem attention) {
    int most = attention.tablePitch() * attention.tokensPerBlock();
    int seen = attention.window() == 0 ? most : Math.min(most, attention.window());
    return Math.min(TYPICAL_KEYS, seen);
  }
}
