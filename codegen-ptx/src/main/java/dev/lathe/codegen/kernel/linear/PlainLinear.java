package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.passes.select.StepContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Linear for any float type and any size, without tensor cores.
public final class PlainLinear
    implements KernelTemplate<Linear, PlainLinear.Problem, PlainLinear.Config> {
  private static final double FLOPS_PER_MICRO = 1.5e7;
  private static final double ROWS_BYTES_PER_MICRO = 1.0e6;

  /// @param maxTokens greatest T: it ranks configurations
  record Problem(LinearProblem linear, long maxTokens) {}

  /// @param shape how threads share the work
  record Config(Shape shape) {}

  /// Ways to share the work.
  enum Shape {
    /// A warp a column, for few tokens.
    ROWS,
    /// Tiles of 64x64.
    TILES
  }

  @Override
  public String id() {
    return "linear.plain";
  }

  @Override
  public Class<Linear> op() {
    return Linear.class;
  }

  @Override
  public Support<Problem> supports(Linear op, StepContext context) {
    long tokens = Math.max(1, LinearProblem.maxTokens(op, context));
    return LinearProblem.of(op, context).map(linear -> new Problem(linear, tokens));
  }

  @Override
  public Stream<Config> space(Problem problem, Target target) {
    return Arrays.stream(Shape.values()).map(Config::new);
  }

  @Override
  public Cost estimate(Problem problem, Config config, Target target) {
    LinearProblem linear = problem.linear;
    double passes = Math.ceilDiv(problem.maxTokens, RowLinearBody.TOKENS);
    return switch (config.shape) {
      case ROWS -> new Cost(3 + passes * linear.weightBytes() / ROWS_BYTES_PER_MICRO);
      case TILES -> {
        long padded = Math.ceilDiv(problem.maxTokens, SimtLinearBody.TILE) * SimtLinearBody.TILE;
        yield new Cost(5 + linear.flops(padded) / FLOPS_PER_MICRO);
      }
    };
  }

  @Override
  public List<Kernel> emit(Problem problem, Config config, Target target, String name) {
    int threads = config.shape == Shape.ROWS ? RowLinearBody.WARPS * 32 : SimtLinearBody.THREADS;
    KernelBuilder k = KernelBuilder.overlapping(name, target, threads);
    switch (config.shape) {
      case ROWS -> new RowLinearBody(k, problem.linear).emit();
      case TILES -> new SimtLinearBody(k, problem.linear).emit();
    }
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Linear op, StepContext context, Problem problem, Config config, List<Kernel> kernels) {
    SizeExpr tokens = LinearLaunch.tokens(op, context);
    LinearProblem linear = problem.linear;
    Kernel kernel = kernels.getFirst();
    return switch (config.shape) {
      case ROWS ->
          LinearLaunch.of(
              op,
              context,
              kernel,
              SizeExpr.of(Math.ceilDiv(linear.outColumns(), RowLinearBody.WARPS)),
              tokens.ceilDiv(RowLinearBody.TOKENS));
      case TILES ->
          LinearLaunch.of(
              op,
              context,
              kernel,
              tokens.ceilDiv(SimtLinearBody.TILE),
              SizeExpr.of(Math.ceilDiv(linear.n(), SimtLinearBody.TILE)));
    };
  }
}
