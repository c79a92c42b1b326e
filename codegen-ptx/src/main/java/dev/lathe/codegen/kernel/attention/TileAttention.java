package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp.PagedAttention;
import dev.lathe.passes.select.StepContext;
import java.util.Optional;

/// Attention for ragged batches, prompt chunks and single tokens mixed, on tensor cores.
public final class TileAttention implements UntunedTemplate<PagedAttention, AttentionProblem> {
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
    return AttentionProblem.of(op, context)
        .unless(TileAttention::tooLong)
        .unless(problem -> problem.tensorCoreObstacle(16));
  }

  private static Optional<String> tooLong(AttentionProblem problem) {
    return problem.headDim() <= MAX_HEAD_DIM
        ? Optional.empty()
        : Optional.of("head size " + problem.headDim() + " is more than " + MAX_HEAD_DIM);
  }

  /// Ranks it below kernels that are made for a kind of batch or of GPU, at any size.
  @Override
  public Cost estimate(AttentionProblem problem) {
    return new Cost(1e5);
  }

  @Override
  public Kernel emit(AttentionProblem problem, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, TileAttentionBody.WARPS * 32);
    new TileAttentionBody(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(
      PagedAttention op, StepContext context, AttentionProblem problem, Kernel kernel) {
    SizeExpr tiles =
        SizeExpr.TOKENS.ceilDiv(TileRows.tokensPerTile(problem)).plus(SizeExpr.SEQUENCES);
    int heads = problem.heads().keyValue();
    int parts = Math.ceilDiv(problem.heads().group(), TileRows.headsPerTile(problem));
    return AttentionParameters.launch(op, kernel)
        .grid(tiles, SizeExpr.of(heads), SizeExpr.of(parts))
        .build();
  }
}
