package dev.lathe.codegen.kernel.linear.wgmma;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.LinearProblem;
import dev.lathe.codegen.kernel.linear.wgmma.GroupedConfig.Gathering;
import dev.lathe.codegen.kernel.moe.GroupTiles;
import dev.lathe.codegen.kernel.moe.GroupedProblem;
import dev.lathe.codegen.kernel.row.RowCopyBody;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Launch.TensorMap;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.GroupedLinear;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Products of experts on the tensor cores of Hopper. Rows that are found through an index are
/// gathered by the kernel itself, or before it by another one, so that those of an expert lie
/// together.
public final class GroupedWgmmaLinear
    implements KernelTemplate<GroupedLinear, GroupedProblem, GroupedConfig> {
  private static final Sizes NONE = new Sizes(0, 0, 0);

  @Override
  public String id() {
    return "grouped-linear.wgmma";
  }

  @Override
  public Class<GroupedLinear> op() {
    return GroupedLinear.class;
  }

  @Override
  public Support<GroupedProblem> supports(GroupedLinear op, StepContext context) {
    if (!Target.parse(context.target()).equals(Target.SM_90A)) {
      return Support.no(context.target() + " has no wgmma, only sm_90a");
    }
    return switch (GroupedProblem.of(op, context)) {
      case Support.No<GroupedProblem>(String reason) -> Support.no(reason);
      case Support.Yes<GroupedProblem>(GroupedProblem problem) ->
          problem
              .linear()
              .tensorCoreObstacle()
              .<Support<GroupedProblem>>map(Support::no)
              .orElseGet(() -> Support.yes(problem));
    };
  }

  @Override
  public Stream<GroupedConfig> space(GroupedProblem problem, Target target) {
    return new GroupedSpace(problem, target).configs();
  }

  @Override
  public Cost estimate(GroupedProblem problem, GroupedConfig config, Target target) {
    return new GroupedSpace(problem, target).estimate(config);
  }

  @Override
  public List<Kernel> emit(
      GroupedProblem problem, GroupedConfig config, Target target, String name) {
    List<Kernel> kernels = new ArrayList<>();
    boolean before = config.gathering() == Gathering.BEFORE;
    if (before) {
      int rowBytes = problem.linear().k() * 2;
      KernelBuilder gather = KernelBuilder.overlapping(name, target, RowCopyBody.threads(rowBytes));
      new RowCopyBody(gather, rowBytes, 0).emit();
      kernels.add(gather.build());
    }
    String product = before ? name + "_product" : name;
    KernelBuilder k = new KernelBuilder(product, target, config.threads());
    new GroupedBody(k, problem, config).emit();
    kernels.add(k.build());
    return kernels;
  }

  @Override
  public Launches launches(
      GroupedLinear op,
      StepContext context,
      GroupedProblem problem,
      GroupedConfig config,
      List<Kernel> kernels) {
    SizeExpr count = GroupedProblem.count(op, context);
    if (config.gathering() != Gathering.BEFORE) {
      return Launches.of(product(op, op.in(), context, problem, config, kernels.getFirst()));
    }
    DType dtype = context.operand(op.in()).dtype();
    Ref gathered = Ref.buffer(context.step() + ".gathered");
    Launch gather =
        LaunchBuilder.of(kernels.getFirst())
            .grid(count)
            .pointer(op.in())
            .pointer(op.rows().orElseThrow())
            .pointer(gathered)
            .build();
    List<SizeExpr> shape = List.of(count, SizeExpr.of(problem.linear().k()));
    return new Launches(
        List.of(gather, product(op, gathered, context, problem, config, kernels.get(1))),
        List.of(new Workspace(gathered.name(), dtype, shape)));
  }

  private static Launch product(
      GroupedLinear op,
      Ref in,
      StepContext context,
      GroupedProblem problem,
      GroupedConfig config,
      Kernel kernel) {
    LinearProblem linear = problem.linear();
    WgmmaConfig tile = config.tile();
    DType dtype = context.operand(op.weight()).dtype();
    long weightRows = (long) problem.experts() * linear.n();
    long tokens = problem.maxCount();
    LaunchBuilder launch =
        LaunchBuilder.of(kernel)
            .grid(SizeExpr.of(blocks(problem, tile)))
            .tensor(
                WgmmaLinear.rows(op.weight(), dtype, weightRows, linear.k(), tile.rowsBrought()));
    switch (config.gathering()) {
      case NONE, BEFORE ->
          launch.tensor(WgmmaLinear.rows(in, dtype, tokens, linear.k(), tile.tokensBrought()));
      case IN_RING -> launch.pointer(in).pointer(op.rows().orElseThrow());
    }
    launch.pointer(op.starts());
    if (config.output() == WgmmaConfig.Output.BOXES) {
      TileSlots slots = TileSlots.of(linear, tile);
      TensorMap map = WgmmaLinear.result(op.out(), context, tokens, linear.outColumns(), slots);
      launch.tensor(map);
    }
    return launch.pointer(op.out()).build();
  }

  /// As many blocks as run at the same time, or as there can be tiles.
  private static long blocks(GroupedProblem problem, WgmmaConfig config) {
    long count = problem.maxCount();
    int tokens = config.tokens() * config.tokenTilesAtOnce();
    long tokenTiles =
        GroupTiles.most(SizeExpr.of(count), count, problem.experts(), tokens).evaluate(NONE);
    int rows = config.rows() * config.rowTilesAtOnce();
    long tiles = tokenTiles * Math.ceilDiv(problem.linear().n(), rows);
    long resident = (long) WgmmaConfig.MULTIPROCESSORS * config.blocksPerSm() / config.sharers();
    return Math.min(tiles, resident) * config.sharers();
  }
}
