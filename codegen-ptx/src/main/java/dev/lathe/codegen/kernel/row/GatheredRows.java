package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.v1.StepOp.GatherRows;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// Rows of a matrix, by their numbers.
public final class GatheredRows
    implements KernelTemplate<GatherRows, GatheredRows.Problem, Untuned> {

  record Problem(int rowBytes) {}

  @Override
  public String id() {
    return "gather-rows";
  }

  @Override
  public Class<GatherRows> op() {
    return GatherRows.class;
  }

  @Override
  public Support<Problem> supports(GatherRows op, StepContext context) {
    Operand in = context.operand(op.in());
    if (in.dtype() != context.operand(op.out()).dtype() || !in.dtype().isFloat()) {
      return Support.no("the matrix is " + in.dtype().text() + ", the result is not");
    }
    return Support.yes(new Problem(Rows.width(in) * in.dtype().bytes()));
  }

  @Override
  public Stream<Untuned> space(Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(2.0 * problem.rowBytes);
  }

  @Override
  public List<Kernel> emit(Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k =
        KernelBuilder.overlapping(name, target, RowCopyBody.threads(problem.rowBytes));
    new RowCopyBody(k, problem.rowBytes, 0).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      GatherRows op, StepContext context, Problem problem, Untuned config, List<Kernel> kernels) {
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(Rows.count(context.operand(op.out())))
            .pointer(op.in())
            .pointer(op.rows())
            .pointer(op.out())
            .build());
  }
}
