package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.StepOp.RouteExperts;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// The experts of each row: a warp a row.
public final class RoutedExperts
    implements KernelTemplate<RouteExperts, RoutedExperts.Problem, Untuned> {
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
    int experts = columns(context.operand(op.logits()));
    int topK = columns(context.operand(op.experts()));
    if (context.operand(op.logits()).dtype() != DType.F32) {
      return Support.no("logits are " + context.operand(op.logits()).dtype().text());
    }
    if (experts > MAX_EXPERTS || topK > MAX_CHOSEN) {
      return Support.no(topK + " of " + experts + " experts are too many for a warp");
    }
    return Support.yes(new Problem(experts, topK, op.normalise()));
  }

  private static int columns(Operand operand) {
    return Math.toIntExact(operand.shape().getLast().evaluate(new Sizes(0, 0, 0)));
  }

  @Override
  public Stream<Untuned> space(Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(4.0 * problem.experts);
  }

  @Override
  public List<Kernel> emit(Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, RouteBody.WARPS * 32);
    new RouteBody(k, problem.experts, problem.topK, problem.normalise).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      RouteExperts op, StepContext context, Problem problem, Untuned config, List<Kernel> kernels) {
    SizeExpr rows = context.operand(op.logits()).shape().getFirst();
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(rows.ceilDiv(RouteBody.WARPS))
            .pointer(op.logits())
            .pointer(op.experts())
            .pointer(op.weights())
            .size(rows)
            .build());
  }
}
