package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Attention for batches with one query row a sequence.
public final class DecodeAttention
    implements KernelTemplate<PagedAttention, DecodeAttention.Problem, DecodeAttentionConfig> {
  private static final int KEYS = 16;
  private static final int MAX_GROUP = 16;
  private static final int MULTIPROCESSORS = 132;

  /// @param maxSequences greatest S, rounded up to a power of two
  record Problem(AttentionProblem attention, long maxSequences) {}

  @Override
  public String id() {
    return "attention.decode";
  }

  @Override
  public Class<PagedAttention> op() {
    return PagedAttention.class;
  }

  @Override
  public Support<Problem> supports(PagedAttention op, StepContext context) {
    if (context.profile().kind() != Profile.Kind.DECODE) {
      return Support.no("a sequence may have several query rows");
    }
    return switch (AttentionProblem.of(op, context)) {
      case Support.No<AttentionProblem>(String reason) -> Support.no(reason);
      case Support.Yes<AttentionProblem>(AttentionProblem attention) ->
          obstacle(attention)
              .<Support<Problem>>map(Support::no)
              .orElseGet(() -> Support.yes(new Problem(attention, sequences(context))));
    };
  }

  private static Optional<String> obstacle(AttentionProblem attention) {
    if (attention.heads().group() > MAX_GROUP) {
      return Optional.of(attention.heads().group() + " heads share a KV head");
    }
    if (attention.tokensPerBlock() % KEYS != 0) {
      return Optional.of("pages of " + attention.tokensPerBlock() + " keys");
    }
    return attention.tensorCoreObstacle(64);
  }

  private static long sequences(StepContext context) {
    long max = Math.max(1, context.profile().max().sequences());
    return max == 1 ? 1 : 2 * Long.highestOneBit(max - 1);
  }

  @Override
  public Stream<DecodeAttentionConfig> space(Problem problem, Target target) {
    return Stream.of(8, 4)
        .flatMap(warps ->
            Stream.of(1, 2, 4, 8, 16).map(splits -> new DecodeAttentionConfig(warps, splits)))
        .filter(config ->
            DecodeMerge.sharedBytes(problem.attention, config) <= target.sharedBytesPerBlock());
  }

  /// Splits pay until every multiprocessor has two blocks; beyond, merging costs.
  @Override
  public Cost estimate(Problem problem, DecodeAttentionConfig config, Target target) {
    double blocks =
        (double) problem.maxSequences * problem.attention.heads().keyValue() * config.splits();
    double idle = Math.max(1, 2.0 * MULTIPROCESSORS / blocks);
    double merge = config.splits() == 1 ? 0 : 1.5 + 0.1 * config.splits();
    double warps = 8.0 / config.warps();
    return new Cost(2 + idle * warps + merge);
  }

  @Override
  public List<Kernel> emit(
      Problem problem, DecodeAttentionConfig config, Target target, String name) {
    List<Kernel> kernels = new ArrayList<>();
    KernelBuilder attend = new KernelBuilder(name, target, config.warps() * 32);
    new DecodeAttentionBody(attend, problem.attention, config).emit();
    kernels.add(attend.build());
    if (config.splits() > 1) {
      KernelBuilder merge = new KernelBuilder(name + "_merge", target, 128);
      new SplitMergeBody(merge, problem.attention, config.splits()).emit();
      kernels.add(merge.build());
    }
    return kernels;
  }

  @Override
  public Launches launches(
      PagedAttention op,
      StepContext context,
      Problem problem,
      DecodeAttentionConfig config,
      List<Kernel> kernels) {
    Ref partial = Ref.buffer(context.step() + ".splits");
    boolean split = config.splits() > 1;
    int heads = problem.attention.heads().query();
    Launch attend =
        LaunchBuilder.of(kernels.getFirst())
            .grid(
                SizeExpr.SEQUENCES,
                SizeExpr.of(problem.attention.heads().keyValue()),
                SizeExpr.of(config.splits()))
            .pointer(op.query())
            .pointer(op.keyCache())
            .pointer(op.valueCache())
            .pointer(op.contextLengths())
            .pointer(op.blockTables())
            .pointer(split ? partial : op.out())
            .build();
    if (!split) {
      return Launches.of(attend);
    }
    Launch merge =
        LaunchBuilder.of(kernels.get(1))
            .grid(SizeExpr.SEQUENCES, SizeExpr.of(heads), SizeExpr.of(1))
            .pointer(partial)
            .pointer(op.out())
            .build();
    long floats = (long) heads * config.splits() * (problem.attention.headDim() + 2);
    Workspace workspace =
        new Workspace(partial.name(), DType.F32, List.of(SizeExpr.SEQUENCES, SizeExpr.of(floats)));
    return new Launches(List.of(attend, merge), List.of(workspace));
  }
}
