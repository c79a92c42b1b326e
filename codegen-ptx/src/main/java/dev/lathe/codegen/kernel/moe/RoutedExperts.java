package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp.RouteExperts;
import dev.lathe.passes.select.StepContext;

/// The experts of each row: a warp a row.
public final class RoutedExperts implements UntunedTemplate<RouteExperts, RoutedExperts.Problem> {
  private static final int MAX_EXPERTS = 1024;

  /// A lane holds one.
  private static final int MAX_CHOSEN = 32;

  record Problem(int experts, int topK, boolean normalise) {}

  @Override
  public String id() {
    return "route-experts";
  }

  @Override
  public Class<RouteExperts> op() {
    return RouteExperts.class;
  }

  @Override
  public Support<Problem> supports(RouteExperts op, StepContext context) {
    int experts = context.operand(op.logits()).width();
    int topK = context.operand(op.experts()).width();
    if (context.operand(op.logits()).dtype() != DType.F32) {
      return Support.no("logits are " + context.operand(op.logits()).dtype().text());
    }
    if (experts > MAX_EXPERTS || topK > MAX_CHOSEN) {
      return Support.no(topK + " of " + experts + " experts are too many for a warp");
    }
    return Support.yes(new Problem(experts, topK, op.normalise()));
  }

  @Override
  public Cost estimate(Problem problem) {
    return Cost.ofBytes(4.0 * problem.experts);
  }

  @Override
  public Kernel emit(Problem problem, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, RouteBody.WARPS * 32);
    new RouteBody(k, problem.experts, problem.topK, problem.normalise).emit();
    return k.build();
  }

  @Override
  public Launch launch(RouteExperts op, StepContext context, Problem problem, Kernel kernel) {
    SizeExpr rows = context.operand(op.logits()).shape().getFirst();
    return LaunchBuilder.of(kernel)
        .grid(rows.ceilDiv(RouteBody.WARPS))
        .pointer(op.logits())
        .pointer(op.experts())
        .pointer(op.weights())
        .size(rows)
        .build();
  }
}
