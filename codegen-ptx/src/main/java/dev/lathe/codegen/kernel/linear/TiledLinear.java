package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.PowerOfTwo;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// Linear for many tokens on tensor cores, through `mma.sync`: runs from sm_80 on.
public final class TiledLinear
    implements KernelTemplate<Linear, TiledLinear.Problem, TiledLinearConfig> {
  /// Of an H100, for which the estimate is made.
  private static final int MULTIPROCESSORS = Target.SM_90A.multiprocessors();

  /// Arithmetic of all multiprocessors in a microsecond, as `mma.sync` reaches it.
  private static final double FLOPS_PER_MICRO = 4.0e8;

  /// @param maxTokens greatest T, rounded up to a power of two: it ranks configurations
  record Problem(LinearProblem linear, long maxTokens) {}

  @Override
  public String id() {
    return "linear.tile";
  }

  @Override
  public Class<Linear> op() {
    return Linear.class;
  }

  @Override
  public Support<Problem> supports(Linear op, StepContext context) {
    long tokens = PowerOfTwo.atLeast(LinearProblem.maxTokens(op, context));
    return LinearProblem.of(op, context)
        .unless(LinearProblem::tensorCoreObstacle)
        .map(linear -> new Problem(linear, tokens));
  }

  @Override
  public Stream<TiledLinearConfig> space(Problem problem, Target target) {
    return Stream.of(
            new TiledLinearConfig(128, 128, 2, 4, 3),
            new TiledLinearConfig(64, 128, 2, 4, 3),
            new TiledLinearConfig(64, 64, 2, 2, 4))
        .filter(config -> config.sharedBytes() <= target.sharedBytesPerBlock());
  }

  @Override
  public Cost estimate(Problem problem, TiledLinearConfig config, Target target) {
    LinearProblem linear = problem.linear;
    long rows = Math.ceilDiv(problem.maxTokens, config.tokens());
    long blocks = rows * Math.ceilDiv(linear.n(), config.features());
    double waves = Math.ceil((double) blocks / MULTIPROCESSORS) * MULTIPROCESSORS;
    double efficiency = config.tokens() * config.features() >= 128 * 128 ? 1 : 0.8;
    double flops = 2.0 * waves * config.tokens() * config.features() * linear.k();
    double compute = flops / (FLOPS_PER_MICRO * efficiency);
    return new Cost(Cost.ofBytes(linear.weightBytes()).micros() + compute);
  }

  @Override
  public List<Kernel> emit(Problem problem, TiledLinearConfig config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, config.warps() * 32);
    new TiledLinearBody(k, problem.linear, config).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Linear op,
      StepContext context,
      Problem problem,
      TiledLinearConfig config,
      List<Kernel> kernels) {
    SizeExpr rows = LinearLaunch.tokens(op, context).ceilDiv(config.tokens());
    SizeExpr columns = SizeExpr.of(Math.ceilDiv(problem.linear.n(), config.features()));
    return LinearLaunch.of(op, context, kernels.getFirst(), rows, columns);
  }
}
