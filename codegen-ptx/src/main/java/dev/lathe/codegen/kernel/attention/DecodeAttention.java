package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.PowerOfTwo;
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
    implements KernelTemplate<PagedAttention, DecodeProblem, DecodeAttentionConfig> {

  @Override
  public String id() {
    return "attention.decode";
  }

  @Override
  public Class<PagedAttention> op() {
    return PagedAttention.class;
  }

  @Override
  public Support<DecodeProblem> supports(PagedAttention op, StepContext context) {
    if (context.profile().kind() != Profile.Kind.DECODE) {
      return Support.no("a sequence may have several query rows");
    }
    long sequences = context.profile().max().sequences();
    return AttentionProblem.of(op, context)
        .unless(DecodeAttention::obstacle)
        .map(attention -> new DecodeProblem(attention, PowerOfTwo.atLeast(sequences)));
  }

  private static Optional<String> obstacle(AttentionProblem attention) {
    if (attention.tokensPerBlock() % DecodeProblem.KEYS != 0) {
      return Optional.of("pages of " + attention.tokensPerBlock() + " keys");
    }
    return attention.tensorCoreObstacle(16);
  }

  @Override
  public Stream<DecodeAttentionConfig> space(DecodeProblem problem, Target target) {
    return DecodeSpace.of(problem, target);
  }

  @Override
  public Cost estimate(DecodeProblem problem, DecodeAttentionConfig config, Target target) {
    return DecodeSpace.estimate(problem, config, target);
  }

  @Override
  public List<Kernel> emit(
      DecodeProblem problem, DecodeAttentionConfig config, Target target, String name) {
    List<Kernel> kernels = new ArrayList<>();
    KernelBuilder attend = new KernelBuilder(name, target, config.warps() * 32);
    attend.blocksPerSm(DecodeSpace.blocksPerMultiprocessor(problem, config, target));
    new DecodeAttentionBody(attend, problem, config).emit();
    kernels.add(attend.build());
    if (config.needsMergeKernel()) {
      KernelBuilder merge = new KernelBuilder(name + "_merge", target, 32);
      new SplitMergeBody(merge, problem.attention(), config.splits()).emit();
      kernels.add(merge.build());
    }
    return kernels;
  }

  @Override
  public Launches launches(
      PagedAttention op,
      StepContext context,
      DecodeProblem problem,
      DecodeAttentionConfig config,
      List<Kernel> kernels) {
    AttentionProblem attention = problem.attention();
    Ref partial = Ref.buffer(context.step() + ".splits");
    Ref out = config.needsMergeKernel() ? partial : op.out();
    int blocks = attention.heads().keyValue() * problem.headBlocks();
    Launch attend =
        AttentionParameters.launch(op, kernels.getFirst(), out)
            .grid(SizeExpr.of(config.splits()), SizeExpr.of(blocks), SizeExpr.SEQUENCES)
            .build();
    if (!config.needsMergeKernel()) {
      return Launches.of(attend);
    }
    int heads = attention.heads().query();
    Launch merge =
        LaunchBuilder.of(kernels.get(1))
            .grid(SizeExpr.SEQUENCES, SizeExpr.of(heads), SizeExpr.of(1))
            .pointer(partial)
            .pointer(op.out())
            .build();
    long floats = (long) heads * config.splits() * DecodeSums.rowBytes(attention) / Float.BYTES;
    Workspace workspace =
        new Workspace(partial.name(), DType.F32, List.of(SizeExpr.SEQUENCES, SizeExpr.of(floats)));
    return new Launches(List.of(attend, merge), List.of(workspace));
  }
}
