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

/// Attention for any float type and head size, without tensor cores.
public final class PlainAttention
    implements KernelTemplate<PagedAttention, AttentionProblem, Untuned> {

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

  @Override
  public Stream<Untuned> space(AttentionProblem problem, Target target) {
    return Stream.of(new Untuned());
  }

  /// Ranks it last.
  @Override
  public Cost estimate(AttentionProblem problem, Untuned config, Target target) {
    return new Cost(1e6);
  }

  @Override
  public List<Kernel> emit(AttentionProblem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, SimtAttentionBody.WARPS * 32);
    new SimtAttentionBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      PagedAttention op,
      StepContext context,
      AttentionProblem problem,
      Untuned config,
      List<Kernel> kernels) {
    SizeExpr warps = SizeExpr.TOKENS.times(problem.heads().query());
    return Launches.of(
        AttentionParameters.launch(op, kernels.getFirst())
            .grid(warps.ceilDiv(SimtAttentionBody.WARPS))
            .build());
  }
}
