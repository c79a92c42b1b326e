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
import dev.lathe.engine.v1.StepOp.RmsNorm;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// RMSNorm over rows, or over groups of a row, which are rows themselves.
public final class RmsNormRows implements KernelTemplate<RmsNorm, NormBody.Problem, Untuned> {
  @Override
  public String id() {
    return "rms-norm";
  }

  @Override
  public Class<RmsNorm> op() {
    return RmsNorm.class;
  }

  @Override
  public Support<NormBody.Problem> supports(RmsNorm op, StepContext context) {
    Operand in = context.operand(op.in());
    if (!in.dtype().isFloat()
        || context.operand(op.weight()).dtype() != in.dtype()
        || context.operand(op.out()).dtype() != in.dtype()) {
      return Support.no("input, weight and result are not of one float type");
    }
    return Support.yes(
        NormBody.Problem.rms(
            FloatFormat.of(in.dtype()), op.group(), op.epsilon(), op.weightOffset(), false));
  }

  @Override
  public Stream<Untuned> space(NormBody.Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(NormBody.Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(2.0 * problem.width() * problem.format().bytes());
  }

  @Override
  public List<Kernel> emit(NormBody.Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, problem.threads());
    new NormBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      RmsNorm op,
      StepContext context,
      NormBody.Problem problem,
      Untuned config,
      List<Kernel> kernels) {
    Operand in = context.operand(op.in());
    SizeExpr rows = Rows.count(in).times(Rows.width(in) / op.group());
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(rows.ceilDiv(problem.rowsPerBlock()))
            .pointer(op.in())
            .pointer(op.weight())
            .pointer(op.out())
            .size(rows)
            .build());
  }
}
