package dev.lathe.codegen.kernel.moe;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp.GroupByExpert;
import dev.lathe.passes.select.StepContext;

/// Rows sorted by expert: a block an expert, each reads all assignments.
public final class SortedAssignments
    implements UntunedTemplate<GroupByExpert, SortedAssignments.Problem> {
  private static final int MAX_BATCH = 8;

  /// @param threads of a block: as many as there are assignments, up to a limit
  /// @param batch assignments of a thread, up to a limit
  record Problem(int experts, int topK, int threads, int batch) {}

  @Override
  public String id() {
    return "group-by-expert";
  }

  @Override
  public Class<GroupByExpert> op() {
    return GroupByExpert.class;
  }

  @Override
  public Support<Problem> supports(GroupByExpert op, StepContext context) {
    Sizes max = context.profile().max();
    long count = context.operand(op.rows()).shape().getFirst().evaluate(max);
    int threads = Math.clamp(Math.ceilDiv(count, 32) * 32, 32, 1024);
    int bounds = context.operand(op.starts()).dimension(0);
    int topK = context.operand(op.experts()).width();
    int batch = Math.clamp(Math.ceilDiv(count, threads), 1, MAX_BATCH);
    return Support.yes(new Problem(bounds - 1, topK, threads, batch));
  }

  @Override
  public Cost estimate(Problem problem) {
    return Cost.ofBytes(8.0 * problem.experts * problem.threads);
  }

  @Override
  public Kernel emit(Problem problem, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, problem.threads);
    new SortBody(k, problem.experts, problem.topK, problem.batch).emit();
    return k.build();
  }

  @Override
  public Launch launch(GroupByExpert op, StepContext context, Problem problem, Kernel kernel) {
    return LaunchBuilder.of(kernel)
        .grid(SizeExpr.of(problem.experts))
        .pointer(op.experts())
        .pointer(op.places())
        .pointer(op.rows())
        .pointer(op.starts())
        .size(context.operand(op.rows()).shape().getFirst())
        .build();
  }
}
