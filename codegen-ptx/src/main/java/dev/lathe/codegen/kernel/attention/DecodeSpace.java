package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.stream.Stream;

/// The configurations of decode attention, and what they are expected to take.
final class DecodeSpace {
  private static final int MAX_STAGES = 6;

  /// Least GPU with clusters of blocks.
  private static final int CLUSTERS = 90;

  private static final int MULTIPROCESSORS = 132;

  /// Multiprocessors that together keep memory busy.
  private static final int SATURATING_MULTIPROCESSORS = 100;

  /// Shared memory that each block takes besides its own.
  private static final int RESERVED_BYTES = 1024;

  private static final double BYTES_PER_MICRO = 3.0e6;

  /// Keys of a sequence for which configurations are ranked, if sequences may be as long.
  private static final int TYPICAL_KEYS = 2048;

  private DecodeSpace() {}

  static Stream<DecodeAttentionConfig> of(DecodeProblem problem, Target target) {
    return Stream.of(4, 8)
        .flatMap(warps ->
            Stream.of(1, 2, 4, 8, 16).flatMap(splits -> of(problem, target, warps, splits)));
  }

  private static Stream<DecodeAttentionConfig> of(
      DecodeProblem problem, Target target, int warps, int splits) {
    boolean cluster = target.sm() >= CLUSTERS && splits > 1 && splits <= 8;
    int inbox = cluster ? ClusterOutput.sharedBytes(problem, splits) : 0;
    int stage = warps * KeyValueRing.stageBytes(problem.attention());
    int limit = target.sharedBytesPerBlock();
    int forTwo = (limit / 2 - inbox) / stage;
    int forOne = (limit - inbox) / stage;
    int stages = Math.min(MAX_STAGES, warps == 4 && forTwo >= 2 ? forTwo : forOne);
    return stages < 2
        ? Stream.empty()
        : Stream.of(new DecodeAttentionConfig(warps, splits, stages, cluster));
  }

  /// Shared memory of a block.
  private static int sharedBytes(DecodeProblem problem, DecodeAttentionConfig config) {
    int inbox = config.cluster() ? ClusterOutput.sharedBytes(problem, config.splits()) : 0;
    return KeyValueRing.sharedBytes(problem.attention(), config) + inbox;
  }

  /// The slower of two: memory, which few multiprocessors do not keep busy, and the warps, each of
  /// which takes its tiles one after the other. Both for a context that is typical.
  static Cost estimate(DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    AttentionProblem attention = problem.attention();
    double items =
        (double) problem.maxSequences() * attention.heads().keyValue() * problem.headBlocks();
    double blocks = items * config.splits();
    int keys = typicalKeys(attention);
    double bytes = items * keys * attention.headDim() * 4;
    double busy = Math.min(1, blocks / SATURATING_MULTIPROCESSORS);
    int shared = sharedBytes(problem, config) + RESERVED_BYTES;
    int resident = MULTIPROCESSORS * ((target.sharedBytesPerBlock() + RESERVED_BYTES) / shared);
    double waves = Math.ceil(blocks / resident);
    double tiles = Math.ceil((double) keys / DecodeProblem.KEYS / config.workers());
    double tileMicros = 0.2 + 0.15 * attention.headDim() / 128;
    double warps = waves * (1.5 + tiles * tileMicros);
    double merge = config.splits() == 1 ? 0 : (config.cluster() ? 0.6 : 3) + 0.05 * config.splits();
    return new Cost(1.5 + Math.max(bytes / BYTES_PER_MICRO / busy, warps) + merge);
  }

  private static int typicalKeys(AttentionProblem attention) {
    int most = attention.tablePitch() * attention.tokensPerBlock();
    int seen = attention.window() == 0 ? most : Math.min(most, attention.window());
    return Math.min(TYPICAL_KEYS, seen);
  }
}
