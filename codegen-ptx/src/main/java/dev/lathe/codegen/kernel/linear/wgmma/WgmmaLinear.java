package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.MatrixDescriptor;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch.TensorMap;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// Linear on the tensor cores of Hopper, through `wgmma`: from few tokens to many.
public final class WgmmaLinear implements KernelTemplate<Linear, WgmmaProblem, WgmmaConfig> {

  @Override
  public String id() {
    return "linear.wgmma";
  }

  @Override
  public Class<Linear> op() {
    return Linear.class;
  }

  @Override
  public Support<WgmmaProblem> supports(Linear op, StepContext context) {
    if (!Target.parse(context.target()).equals(Target.SM_90A)) {
      return Support.no(context.target() + " has no wgmma, only sm_90a");
    }
    return switch (LinearProblem.of(op, context)) {
      case Support.No<LinearProblem>(String reason) -> Support.no(reason);
      case Support.Yes<LinearProblem>(LinearProblem linear) ->
          linear
              .tensorCoreObstacle()
              .<Support<WgmmaProblem>>map(Support::no)
              .orElseGet(
                  () -> Support.yes(WgmmaProblem.of(linear, LinearProblem.maxTokens(op, context))));
    };
  }

  @Override
  public Stream<WgmmaConfig> space(WgmmaProblem problem, Target target) {
    return new WgmmaSpace(problem, target).configs();
  }

  @Override
  public Cost estimate(WgmmaProblem problem, WgmmaConfig config, Target target) {
    return new WgmmaEstimate(problem, config).cost();
  }

  @Override
  public List<Kernel> emit(WgmmaProblem problem, WgmmaConfig config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, config.threads());
    WgmmaBody.product(k, problem.linear(), problem.maxTokens(), config).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Linear op,
      StepContext context,
      WgmmaProblem problem,
      WgmmaConfig config,
      List<Kernel> kernels) {
    long maxTokens = Math.max(1, LinearProblem.maxTokens(op, context));
    SizeExpr tokens = context.operand(op.in()).shape().getFirst();
    int n = problem.linear().n();
    DType dtype = context.operand(op.weight()).dtype();
    LaunchBuilder launch =
        LaunchBuilder.of(kernels.getFirst())
            .grid(grid(tokens, problem, config))
            .tensor(rows(op.weight(), dtype, n, problem.linear().k(), config.rowsBrought()))
            .tensor(rows(op.in(), dtype, maxTokens, problem.linear().k(), config.tokensBrought()));
    switch (config.output()) {
      case SUMS -> {
        launch.pointer(op.out());
        op.bias().ifPresent(launch::pointer);
        op.residual().ifPresent(launch::pointer);
      }
      case TILES, BOXES -> {
        TileSlots slots = TileSlots.of(problem.linear(), config);
        int columns = problem.linear().outColumns();
        launch.tensor(result(op.out(), context, maxTokens, columns, slots));
        op.bias().ifPresent(launch::pointer);
        op.residual()
            .ifPresent(ref -> launch.tensor(result(ref, context, maxTokens, columns, slots)));
      }
    }
    return Launches.of(launch.size(tokens).build());
  }

  /// With splits, a cluster a tile; without, as many blocks, or clusters of sharers, as run at the
  /// same time, each with its share of the tiles.
  private static SizeExpr grid(SizeExpr tokens, WgmmaProblem problem, WgmmaConfig config) {
    if (config.splits() > 1) {
      return tokens.ceilDiv(config.tokens()).times(problem.rowTiles(config) * config.splits());
    }
    return SizeExpr.of(blocks(problem, config));
  }

  static long blocks(WgmmaProblem problem, WgmmaConfig config) {
    long resident = (long) WgmmaConfig.MULTIPROCESSORS * config.blocksPerSm() / config.sharers();
    return Math.min(problem.clusterTiles(config), resident) * config.sharers();
  }

  static TensorMap result(
      Ref ref, StepContext context, long tokens, long columns, TileSlots slots) {
    return new TensorMap(
        ref,
        context.operand(ref).dtype(),
        List.of(columns, tokens),
        List.of(columns * 2),
        slots.box(),
        slots.rowBytes());
  }

  /// A matrix of 16-bit elements, rows of `k`, in boxes of 64 elements of some rows.
  static TensorMap rows(Ref ref, DType dtype, long rows, long k, int boxRows) {
    return new TensorMap(
        ref,
        dtype,
        List.of(k, rows),
        List.of(k * 2),
        List.of(MatrixDescriptor.ROW_ELEMENTS, boxRows),
        MatrixDescriptor.ROW_BYTES);
  }
}
