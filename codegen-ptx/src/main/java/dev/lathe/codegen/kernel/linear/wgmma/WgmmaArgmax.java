package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Activation;
import dev.lathe.engine.v1.StepOp.LinearArgmax;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The column of the greatest result of each token, on the tensor cores of Hopper: results are
/// neither written nor read. A block keeps the best of its tiles ([BestRows]), and a second kernel
/// takes the best of all blocks ([BestOfParts]).
public final class WgmmaArgmax implements KernelTemplate<LinearArgmax, WgmmaProblem, WgmmaConfig> {
  /// Tokens of a tile up to which a thread has registers for sums and for the best of them.
  private static final int MOST_TOKENS = 128;

  @Override
  public String id() {
    return "linear-argmax.wgmma";
  }

  @Override
  public Class<LinearArgmax> op() {
    return LinearArgmax.class;
  }

  @Override
  public Support<WgmmaProblem> supports(LinearArgmax op, StepContext context) {
    Target target = Target.parse(context.target());
    if (!target.equals(Target.SM_90A)) {
      return Support.no(context.target() + " has no wgmma, only sm_90a");
    }
    Operand weight = context.operand(op.weight());
    List<Ref> sameType = new ArrayList<>(List.of(op.weight(), op.in()));
    op.bias().ifPresent(sameType::add);
    return FloatOperands.of(context, sameType)
        .map(operands ->
            new LinearProblem(
                operands.format(),
                FloatFormat.F32,
                weight.dimension(0),
                weight.dimension(1),
                op.bias().isPresent(),
                Activation.NONE,
                op.scale(),
                false))
        .unless(LinearProblem::tensorCoreObstacle)
        .map(linear -> WgmmaProblem.of(linear, Math.max(1, maxTokens(op, context))))
        .unless(problem ->
            space(problem, target).findAny().isPresent()
                ? Optional.empty()
                : Optional.of("no tile has room for " + problem.maxTokens() + " tokens"));
  }

  private static long maxTokens(LinearArgmax op, StepContext context) {
    Sizes max = context.profile().max();
    return context.operand(op.in()).shape().getFirst().evaluate(max);
  }

  @Override
  public Stream<WgmmaConfig> space(WgmmaProblem problem, Target target) {
    return new WgmmaSpace(problem, target).configs().filter(config -> suits(problem, config));
  }

  private static boolean suits(WgmmaProblem problem, WgmmaConfig config) {
    return config.output() == WgmmaConfig.Output.SUMS
        && config.clusterBlocks() == config.sharers()
        && config.blocksPerSm() == 1
        && config.rowBlocks() == 1
        && config.droppedRows() == 0
        && config.tokens() <= MOST_TOKENS
        && problem.maxTokens() <= (long) config.tokens() * config.tokenTilesAtOnce();
  }

  @Override
  public Cost estimate(WgmmaProblem problem, WgmmaConfig config, Target target) {
    return new WgmmaEstimate(problem, config).cost();
  }

  @Override
  public List<Kernel> emit(WgmmaProblem problem, WgmmaConfig config, Target target, String name) {
    KernelBuilder products = new KernelBuilder(name, target, config.threads());
    WgmmaBody.best(products, problem.linear(), problem.maxTokens(), config).emit();
    KernelBuilder merge = new KernelBuilder(name + "_merge", target, BestOfParts.THREADS);
    new BestOfParts(merge, parts(problem, config)).emit();
    return List.of(products.build(), merge.build());
  }

  /// Blocks with rows of their own.
  private static long parts(WgmmaProblem problem, WgmmaConfig config) {
    long blocks = WgmmaLinear.blocks(problem, config);
    return blocks / config.tokenTilesAtOnce();
  }

  @Override
  public Launches launches(
      LinearArgmax op,
      StepContext context,
      WgmmaProblem problem,
      WgmmaConfig config,
      List<Kernel> kernels) {
    LinearProblem linear = problem.linear();
    long most = Math.max(1, maxTokens(op, context));
    SizeExpr tokens = context.operand(op.in()).shape().getFirst();
    DType dtype = context.operand(op.weight()).dtype();
    Ref values = Ref.buffer(context.step() + ".values");
    Ref rows = Ref.buffer(context.step() + ".rows");
    LaunchBuilder products =
        LaunchBuilder.of(kernels.get(0))
            .grid(SizeExpr.of(WgmmaLinear.blocks(problem, config)))
            .tensor(
                WgmmaLinear.rows(op.weight(), dtype, linear.n(), linear.k(), config.rowsBrought()))
            .tensor(WgmmaLinear.rows(op.in(), dtype, most, linear.k(), config.tokensBrought()))
            .pointer(values)
            .pointer(rows);
    op.bias().ifPresent(products::pointer);
    Launch merge =
        LaunchBuilder.of(kernels.get(1))
            .grid(tokens)
            .pointer(values)
            .pointer(rows)
            .pointer(op.out())
            .size(tokens)
            .build();
    List<SizeExpr> shape = List.of(SizeExpr.of(parts(problem, config)), tokens);
    return new Launches(
        List.of(products.size(tokens).build(), merge),
        List.of(
            new Workspace(values.name(), DType.F32, shape),
            new Workspace(rows.name(), DType.I32, shape)));
  }
}
