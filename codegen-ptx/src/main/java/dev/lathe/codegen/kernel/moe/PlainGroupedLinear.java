package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.SimtLinearBody;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.GroupedLinear;
import dev.lathe.passes.select.StepContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Products of experts for any float type and any size, without tensor cores.
public final class PlainGroupedLinear
    implements KernelTemplate<GroupedLinear, GroupedProblem, PlainGroupedLinear.Config> {
  private static final double FLOPS_PER_MICRO = 1.5e7;
  private static final double ROWS_BYTES_PER_MICRO = 3.1e6;

  /// What a further row adds to reading the weights that it is multiplied by.
  private static final double ROW_SHARE = 0.12;

  /// @param shape how threads share the work
  record Config(Shape shape) {}

  /// Ways to share the work.
  enum Shape {
    /// A warp a column, for experts of few rows: each weight is read once for 4 of them.
    ROWS,
    /// Tiles of 64x64.
    TILES
  }

  @Override
  public String id() {
    return "grouped-linear.plain";
  }

  @Override
  public Class<GroupedLinear> op() {
    return GroupedLinear.class;
  }

  @Override
  public Support<GroupedProblem> supports(GroupedLinear op, StepContext context) {
    return GroupedProblem.of(op, context);
  }

  @Override
  public Stream<Config> space(GroupedProblem problem, Target target) {
    return Arrays.stream(Shape.values()).map(Config::new);
  }

  @Override
  public Cost estimate(GroupedProblem problem, Config config, Target target) {
    double busy = problem.busyExperts();
    double rows = problem.maxCount() / busy;
    return switch (config.shape) {
      case ROWS -> {
        double passes = Math.max(1, rows / GroupedRowBody.ROWS) + ROW_SHARE * (rows - 1);
        double bytes = busy * problem.linear().weightBytes() * passes;
        yield new Cost(1.5 + bytes / ROWS_BYTES_PER_MICRO);
      }
      case TILES -> {
        double padded = Math.ceil(rows / SimtLinearBody.TILE) * SimtLinearBody.TILE * busy;
        yield new Cost(5 + problem.linear().flops((long) padded) / FLOPS_PER_MICRO);
      }
    };
  }

  @Override
  public List<Kernel> emit(GroupedProblem problem, Config config, Target target, String name) {
    int threads = config.shape == Shape.ROWS ? GroupedRowBody.WARPS * 32 : SimtLinearBody.THREADS;
    KernelBuilder k = KernelBuilder.overlapping(name, target, threads);
    switch (config.shape) {
      case ROWS -> new GroupedRowBody(k, problem).emit();
      case TILES -> emitTiles(k, problem);
    }
    return List.of(k.build());
  }

  private static void emitTiles(KernelBuilder k, GroupedProblem problem) {
    GroupedOperands operands = new GroupedOperands(k, problem);
    GroupTiles.Tile tile = operands.tile(k.blockX(), SimtLinearBody.TILE);
    k.exitIf(k.lt(tile.expert(), 0));
    SimtLinearBody.Place place =
        new SimtLinearBody.Place(tile.first(), tile.end(), k.mul(k.blockY(), SimtLinearBody.TILE));
    B64 weight = operands.weight(tile.expert());
    Optional<B64> rows = operands.rows();
    EpilogueEmitter epilogue = operands.epilogue();
    new SimtLinearBody(
            k,
            problem.linear(),
            new SimtLinearBody.Operands(operands.input(), rows, weight, epilogue),
            place)
        .emit();
  }

  @Override
  public Launches launches(
      GroupedLinear op,
      StepContext context,
      GroupedProblem problem,
      Config config,
      List<Kernel> kernels) {
    SizeExpr count = GroupedProblem.count(op, context);
    int n = problem.linear().n();
    int columns = problem.linear().outColumns();
    LaunchBuilder launch = LaunchBuilder.of(kernels.getFirst());
    SizeExpr one = SizeExpr.of(1);
    switch (config.shape) {
      case ROWS ->
          launch.grid(
              SizeExpr.of(Math.ceilDiv(columns, GroupedRowBody.WARPS)),
              most(problem, count, GroupedRowBody.ROWS),
              one);
      case TILES ->
          launch.grid(
              most(problem, count, SimtLinearBody.TILE),
              SizeExpr.of(Math.ceilDiv(n, SimtLinearBody.TILE)),
              one);
    }
    launch.pointer(op.in());
    op.rows().ifPresent(launch::pointer);
    return Launches.of(launch.pointer(op.starts()).pointer(op.weight()).pointer(op.out()).build());
  }

  private static SizeExpr most(GroupedProblem problem, SizeExpr count, int rows) {
    return GroupTiles.most(count, problem.maxCount(), problem.experts(), rows);
  }
}
