package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.attention.AttentionProblem;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Attention for ragged batches on Hopper's tensor cores. A tile of queries takes the time of 128
/// or 192 rows, even if it is one token: batches of single tokens have better kernels.
public final class WgmmaAttention
    implements KernelTemplate<PagedAttention, AttentionProblem, WgmmaAttentionConfig> {
  private static final int MAX_HEAD_DIM = 256;
  private static final int MIN_PART = 16;

  private static final int RESET_THREADS = 32;

  @Override
  public String id() {
    return "attention.wgmma";
  }

  @Override
  public Class<PagedAttention> op() {
    return PagedAttention.class;
  }

  @Override
  public Support<AttentionProblem> supports(PagedAttention op, StepContext context) {
    if (!context.target().equals("sm_90a")) {
      return Support.no("wgmma is an instruction of sm_90a");
    }
    if (context.profile().kind() == Profile.Kind.DECODE) {
      return Support.no("one query row a sequence");
    }
    return switch (AttentionProblem.of(op, context)) {
      case Support.No<AttentionProblem> no -> no;
      case Support.Yes<AttentionProblem> yes ->
          obstacle(yes.problem()).map(Support::<AttentionProblem>no).orElse(yes);
    };
  }

  private static Optional<String> obstacle(AttentionProblem problem) {
    if (problem.headDim() > MAX_HEAD_DIM) {
      return Optional.of("head size " + problem.headDim() + " is more than " + MAX_HEAD_DIM);
    }
    if (problem.tokensPerBlock() % MIN_PART != 0) {
      return Optional.of("pages of " + problem.tokensPerBlock() + " keys");
    }
    if (!(problem.scale() > 0)) {
      return Optional.of("a scale of " + problem.scale());
    }
    if (!problem.scores().causal() && problem.scores().sloped()) {
      return Optional.of("slopes in both directions");
    }
    return problem.tensorCoreObstacle(16);
  }

  @Override
  public Stream<WgmmaAttentionConfig> space(AttentionProblem problem, Target target) {
    int blocks = target.multiprocessors();
    return Stream.of(
            new WgmmaAttentionConfig(3, 96, 2, 2, 2, false, blocks),
            new WgmmaAttentionConfig(3, 96, 2, 2, 2, true, blocks),
            new WgmmaAttentionConfig(2, 128, 2, 2, 2, false, blocks),
            new WgmmaAttentionConfig(2, 128, 2, 2, 2, true, blocks),
            new WgmmaAttentionConfig(2, 128, 2, 2, 1, true, 0),
            new WgmmaAttentionConfig(2, 80, 2, 2, 1, false, blocks),
            new WgmmaAttentionConfig(2, 80, 2, 2, 1, true, blocks),
            new WgmmaAttentionConfig(2, 64, 3, 2, 1, true, blocks),
            new WgmmaAttentionConfig(2, 64, 2, 2, 1, true, 0))
        .filter(config -> fits(problem, config, target));
  }

  /// Whether shared memory and registers are enough, and not enough for something better: narrow
  /// tiles of keys are for wide heads.
  private static boolean fits(
      AttentionProblem problem, WgmmaAttentionConfig config, Target target) {
    int accumulators = problem.headDim() / 2 + config.keys() / 2 + config.keys() / 4;
    return accumulators + 32 <= config.consumerRegisters(problem.headDim())
        && (config.warpgroups() == 2
            ? config.keys() == 128 || problem.headDim() > 128
            : problem.headDim() == 64)
        && TileStorage.bytes(problem, config) <= target.sharedBytesPerBlock();
  }

  @Override
  public Cost estimate(AttentionProblem problem, WgmmaAttentionConfig config, Target target) {
    double width = 1 + 16.0 / config.keys() + 16.0 / (64 * config.warpgroups());
    boolean wide = problem.headDim() > 128;
    double serial = config.turns() == wide ? 1 : 1.03;
    double waits = wide && config.keyStages() < 3 ? 1.06 : 1;
    double starts = config.draws() ? 1 : 1.2;
    return new Cost(20 * width * serial * waits * starts);
  }

  @Override
  public List<Kernel> emit(
      AttentionProblem problem, WgmmaAttentionConfig config, Target target, String name) {
    if (!config.draws()) {
      return List.of(attend(problem, config, target, name));
    }
    KernelBuilder reset = KernelBuilder.overlapping(name, target, RESET_THREADS);
    B64 counter = reset.pointer("counter");
    reset.when(
        reset.eq(reset.threadIndex(), 0), () -> reset.store(reset.at(counter), reset.constant(0)));
    return List.of(reset.build(), attend(problem, config, target, name + "_attend"));
  }

  private static Kernel attend(
      AttentionProblem problem, WgmmaAttentionConfig config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, config.threads());
    new WgmmaAttentionBody(k, problem, config).emit();
    return k.build();
  }

  @Override
  public Launches launches(
      PagedAttention op,
      StepContext context,
      AttentionProblem problem,
      WgmmaAttentionConfig config,
      List<Kernel> kernels) {
    int heads = problem.heads().keyValue() * QueryTile.of(problem.heads().group()).parts();
    SizeExpr items = WgmmaAttentionParameters.tiles(problem, config).times(heads);
    Ref counter = Ref.buffer(context.step() + ".counter");
    Launch attend =
        WgmmaAttentionParameters.launch(
                op, problem, config, kernels.getLast(), counter, context.profile().max().tokens())
            .grid(config.draws() ? SizeExpr.of(config.blocks()) : items)
            .build();
    if (!config.draws()) {
      return Launches.of(attend);
    }
    Launch reset = LaunchBuilder.of(kernels.getFirst()).pointer(counter).build();
    Workspace workspace = new Workspace(counter.name(), DType.I32, List.of(SizeExpr.of(1)));
    return new Launches(List.of(reset, attend), List.of(workspace));
  }
}
