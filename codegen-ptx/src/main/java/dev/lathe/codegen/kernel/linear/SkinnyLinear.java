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

/// Linear for few tokens on tensor cores: reads the weights once.
public final class SkinnyLinear
    implements KernelTemplate<Linear, SkinnyLinear.Problem, SkinnyLinearConfig> {
  private static final int MAX_TOKENS = 64;

  /// Bytes a microsecond that all multiprocessors together read from L2.
  private static final double L2_BYTES_PER_MICRO = 5.0e6;

  /// @param tokenTiles tiles of 8 tokens that the profile fills
  record Problem(LinearProblem linear, int tokenTiles) {}

  @Override
  public String id() {
    return "linear.skinny";
  }

  @Override
  public Class<Linear> op() {
    return Linear.class;
  }

  @Override
  public Support<Problem> supports(Linear op, StepContext context) {
    long tokens = LinearProblem.maxTokens(op, context);
    if (tokens > MAX_TOKENS) {
      return Support.no(tokens + " tokens are more than " + MAX_TOKENS);
    }
    return LinearProblem.of(op, context)
        .unless(LinearProblem::tensorCoreObstacle)
        .map(linear -> new Problem(linear, tiles(tokens)));
  }

  private static int tiles(long tokens) {
    return Math.toIntExact(PowerOfTwo.atLeast(Math.ceilDiv(tokens, 8L)));
  }

  @Override
  public Stream<SkinnyLinearConfig> space(Problem problem, Target target) {
    int unroll = problem.tokenTiles <= 2 ? 4 : 2;
    return Stream.of(16, 8, 4)
        .map(warps -> new SkinnyLinearConfig(warps, problem.tokenTiles, unroll))
        .filter(config -> config.warps() * config.tokenTiles() <= 64)
        .filter(config -> config.sharedBytes() <= target.sharedBytesPerBlock());
  }

  @Override
  public Cost estimate(Problem problem, SkinnyLinearConfig config, Target target) {
    LinearProblem linear = problem.linear;
    double tokenBytes = 8.0 * problem.tokenTiles * linear.k() * linear.dtype().bytes();
    double fromL2 = tokenBytes * linear.n() / SkinnyLinearBody.ROWS / L2_BYTES_PER_MICRO;
    double idle = Math.max(1, config.warps() * 32.0 * config.unroll() / linear.k());
    return new Cost(Math.max(Cost.ofBytes(linear.weightBytes()).micros(), fromL2) + 0.1 * idle);
  }

  @Override
  public List<Kernel> emit(Problem problem, SkinnyLinearConfig config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, config.warps() * 32);
    new SkinnyLinearBody(k, problem.linear, config).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Linear op,
      StepContext context,
      Problem problem,
      SkinnyLinearConfig config,
      List<Kernel> kernels) {
    SizeExpr tiles = SizeExpr.of(Math.ceilDiv(problem.linear.n(), SkinnyLinearBody.ROWS));
    SizeExpr groups = LinearLaunch.tokens(op, context).ceilDiv(8L * config.tokenTiles());
    return LinearLaunch.of(op, context, kernels.getFirst(), tiles, groups);
  }
}
