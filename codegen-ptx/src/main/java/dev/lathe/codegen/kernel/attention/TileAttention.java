package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// Attention for ragged batches, prompt chunks and single tokens mixed, on tensor cores.
public final class TileAttention
    implements KernelTemplate<PagedAttention, AttentionProblem, Untuned> {
  private static final int MAX_HEAD_DIM = 128;

  @Override
  public String id() {
    return "attention.tile";
  }

  @Override
  public Class<PagedAttention> op() {
    return PagedAttention.class;
  }

  @Override
  public Support<AttentionProblem> supports(PagedAttention op, StepContext context) {
    return switch (AttentionProblem.of(op, context)) {
      case Support.No<AttentionProblem> no -> no;
      case Support.Yes<AttentionProblem>(AttentionProblem problem)
          when problem.headDim() > MAX_HEAD_DIM ->
          Support.no("head size " + problem.headDim() + " is more than " + MAX_HEAD_DIM);
      case Support.Yes<AttentionProblem> yes ->
          yes.problem().tensorCoreObstacle(16).map(Support::<AttentionProblem>no).orElse(yes);
    };
  }

  @Override
  public Stream<Untuned> space(AttentionProblem problem, Target target) {
    return Stream.of(new Untuned());
  }

  /// Ranks it below kernels that are made for a kind of batch or of GPU, at any size.
  @Override
  public Cost estimate(AttentionProblem problem, Untuned config, Target target) {
    return new Cost(1e5);
  }

  @Override
  public List<Kernel> emit(AttentionProblem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, TileAttentionBody.WARPS * 32);
    new TileAttentionBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      PagedAttention op,
      StepContext context,
      AttentionProblem problem,
      Untuned config,
      List<Kernel> kernels) {
    SizeExpr tiles =
        SizeExpr.TOKENS.ceilDiv(TileRows.tokensPerTile(problem)).plus(SizeExpr.SEQUENCES);
    int heads = problem.heads().keyValue();
    int parts = Math.ceilDiv(problem.heads().group(), TileRows.headsPerTile(problem));
    return Launches.of(
        AttentionParameters.launch(op, kernels.getFirst())
            .grid(tiles, SizeExpr.of(heads), SizeExpr.of(parts))
            .build());
  }
}
