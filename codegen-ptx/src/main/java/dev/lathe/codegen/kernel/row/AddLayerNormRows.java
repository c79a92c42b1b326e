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
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.AddLayerNorm;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Residual addition, then norms of mean and variance over rows.
public final class AddLayerNormRows
    implements KernelTemplate<AddLayerNorm, NormBody.Problem, Untuned> {
  @Override
  public String id() {
    return "add-layer-norm";
  }

  @Override
  public Class<AddLayerNorm> op() {
    return AddLayerNorm.class;
  }

  @Override
  public Support<NormBody.Problem> supports(AddLayerNorm op, StepContext context) {
    Operand in = context.operand(op.in());
    for (Ref ref : operands(op)) {
      if (!in.dtype().isFloat() || context.operand(ref).dtype() != in.dtype()) {
        return Support.no(ref + " is " + context.operand(ref).dtype().text());
      }
    }
    return Support.yes(
        NormBody.Problem.layer(
            FloatFormat.of(in.dtype()), Rows.width(in), op.epsilon(), op.bias().isPresent(), true));
  }

  @Override
  public Stream<Untuned> space(NormBody.Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(NormBody.Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(4.0 * problem.width() * problem.format().bytes());
  }

  @Override
  public List<Kernel> emit(NormBody.Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, problem.threads());
    new NormBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      AddLayerNorm op,
      StepContext context,
      NormBody.Problem problem,
      Untuned config,
      List<Kernel> kernels) {
    SizeExpr rows = Rows.count(context.operand(op.in()));
    LaunchBuilder launch =
        LaunchBuilder.of(kernels.getFirst())
            .grid(rows.ceilDiv(problem.rowsPerBlock()))
            .pointer(op.in())
            .pointer(op.residual())
            .pointer(op.sum())
            .pointer(op.weight());
    op.bias().ifPresent(launch::pointer);
    return Launches.of(launch.pointer(op.out()).size(rows).build());
  }

  private static List<Ref> operands(AddLayerNorm op) {
    List<Ref> refs =
        new ArrayList<>(List.of(op.in(), op.residual(), op.weight(), op.sum(), op.out()));
    op.bias().ifPresent(refs::add);
    return refs;
  }
}
