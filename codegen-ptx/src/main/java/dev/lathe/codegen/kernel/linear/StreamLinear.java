package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.linear.StreamLinearConfig.Fetch;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// Linear for few tokens on tensor cores, at the speed of memory: blocks stay, loads of weights
/// never pause, and begin before the kernel's predecessors are done.
public final class StreamLinear
    implements KernelTemplate<Linear, StreamLinear.Problem, StreamLinearConfig> {
  private static final int MAX_TOKENS = 16;
  private static final double BYTES_PER_MICRO = 3.0e6;
  private static final double START_MICROS = 1.0;

  /// Bytes a microsecond that all multiprocessors together read from L2.
  private static final double L2_BYTES_PER_MICRO = 5.0e6;

  /// Bytes of weights that a multiprocessor should have in flight.
  private static final double WANTED_IN_FLIGHT = 128 * 1024;

  /// @param tokens greatest T
  record Problem(LinearProblem linear, int tokens) {}

  @Override
  public String id() {
    return "linear.stream";
  }

  @Override
  public Class<Linear> op() {
    return Linear.class;
  }

  @Override
  public Support<Problem> supports(Linear op, StepContext context) {
    long tokens = Math.max(1, LinearProblem.maxTokens(op, context));
    if (tokens > MAX_TOKENS) {
      return Support.no(tokens + " tokens are more than " + MAX_TOKENS);
    }
    return LinearProblem.of(op, context)
        .unless(LinearProblem::tensorCoreObstacle)
        .map(linear -> new Problem(linear, Math.toIntExact(tokens)));
  }

  /// With 2 token tiles, 4 chunks a warp would not fit into the registers of 512 threads.
  @Override
  public Stream<StreamLinearConfig> space(Problem problem, Target target) {
    int depth = problem.tokens > StreamLayout.TILE_TOKENS ? 3 : 4;
    return Stream.of(
            new StreamLinearConfig(16, depth, 1, Fetch.BYTES_128),
            new StreamLinearConfig(16, depth, 1, Fetch.BYTES_256),
            new StreamLinearConfig(16, depth, 1, Fetch.SECTORS),
            new StreamLinearConfig(8, 8, 1, Fetch.BYTES_128),
            new StreamLinearConfig(16, 2, 1, Fetch.BYTES_128),
            new StreamLinearConfig(8, depth, 2, Fetch.BYTES_128),
            new StreamLinearConfig(8, 4, 1, Fetch.BYTES_128))
        .filter(
            config -> StreamLayout.of(problem.linear, problem.tokens, config, target).isPresent());
  }

  private static StreamLayout layout(Problem problem, StreamLinearConfig config, Target target) {
    return StreamLayout.of(problem.linear, problem.tokens, config, target)
        .orElseThrow(() -> new IllegalStateException(config + " does not fit " + problem));
  }

  /// Memory, or L2 where tokens that are not resident are read for each row tile; and the start.
  @Override
  public Cost estimate(Problem problem, StreamLinearConfig config, Target target) {
    StreamLayout layout = layout(problem, config, target);
    LinearProblem linear = problem.linear;
    double rowBytes = (double) linear.k() * linear.dtype().bytes();
    double farBytes = problem.tokens * (rowBytes - layout.residentBytes()) * layout.rowTiles();
    double staged = (double) blocks(layout, target) * problem.tokens * layout.residentBytes();
    double memory = linear.weightBytes() / BYTES_PER_MICRO;
    double l2 = (linear.weightBytes() + farBytes) / L2_BYTES_PER_MICRO;
    double chunk = StreamLayout.ROWS * StreamLayout.CHUNK * 2.0;
    double inFlight = config.blocksPerSm() * config.warps() * config.depth() * chunk;
    double shallow = 1 + 0.05 * Math.max(0, WANTED_IN_FLIGHT / inFlight - 1);
    double start = START_MICROS + 0.1 * staged / L2_BYTES_PER_MICRO;
    return new Cost(start + Math.max(memory, l2) * shallow);
  }

  private static int blocks(StreamLayout layout, Target target) {
    return Math.min(layout.rowTiles(), target.multiprocessors() * layout.config().blocksPerSm());
  }

  @Override
  public List<Kernel> emit(Problem problem, StreamLinearConfig config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, config.warps() * 32);
    new StreamLinearBody(k, layout(problem, config, target)).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Linear op,
      StepContext context,
      Problem problem,
      StreamLinearConfig config,
      List<Kernel> kernels) {
    Target target = Target.parse(context.target());
    SizeExpr blocks = SizeExpr.of(blocks(layout(problem, config, target), target));
    SizeExpr any = LinearLaunch.tokens(op, context).ceilDiv(MAX_TOKENS);
    return LinearLaunch.of(op, context, kernels.getFirst(), blocks, any);
  }
}
