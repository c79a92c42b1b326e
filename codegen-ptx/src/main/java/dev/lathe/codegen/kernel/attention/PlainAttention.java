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

/// Attention for any float type and head size, without tensor cores.
public final class PlainAttention implements UntunedTemplate<PagedAttention, AttentionProblem> {

  @Override
  public String id() {
    return "attention.plain";
  }

  @Override
  public Class<PagedAttention> op() {
    return PagedAttention.class;
  }

  @Override
  public Support<AttentionProblem> supports(PagedAttention op, StepContext context) {
    return AttentionProblem.of(op, context);
  }

  /// Ranks it last.
  @Override
  public Cost estimate(AttentionProblem problem) {
    return new Cost(1e6);
  }

  @Override
  public Kernel emit(AttentionProblem problem, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, SimtAttentionBody.WARPS * 32);
    new SimtAttentionBody(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(
      PagedAttention op, StepContext context, AttentionProblem problem, Kernel kernel) {
    SizeExpr warps = SizeExpr.TOKENS.times(problem.heads().query());
    return AttentionParameters.launch(op, kernel)
        .grid(warps.ceilDiv(SimtAttentionBody.WARPS))
        .build();
  }
}
