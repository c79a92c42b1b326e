package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.AddLayerNorm;
import dev.lathe.engine.v1.StepOp.AddRmsNorm;
import dev.lathe.engine.v1.StepOp.LayerNorm;
import dev.lathe.engine.v1.StepOp.RmsNorm;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.function.Function;

/// Norms over rows, or over groups of a row, which are rows themselves: one template for each op
/// that is one.
///
/// @param id stable name of the template
/// @param op the ops it is for
/// @param norm what an op computes
public record NormTemplate<O extends StepOp>(String id, Class<O> op, Function<O, Norm> norm)
    implements UntunedTemplate<O, NormBody.Problem> {

  public static NormTemplate<RmsNorm> rms() {
    return new NormTemplate<>(
        "rms-norm",
        RmsNorm.class,
        op -> Norm.rms(op.in(), op.weight(), op.out(), op.epsilon(), op.weightOffset()));
  }

  public static NormTemplate<AddRmsNorm> addRms() {
    return new NormTemplate<>(
        "add-rms-norm",
        AddRmsNorm.class,
        op ->
            Norm.rms(op.in(), op.weight(), op.out(), op.epsilon(), op.weightOffset())
                .adding(op.residual(), op.sum()));
  }

  public static NormTemplate<LayerNorm> layer() {
    return new NormTemplate<>(
        "layer-norm",
        LayerNorm.class,
        op -> Norm.layer(op.in(), op.weight(), op.bias(), op.out(), op.epsilon()));
  }

  public static NormTemplate<AddLayerNorm> addLayer() {
    return new NormTemplate<>(
        "add-layer-norm",
        AddLayerNorm.class,
        op ->
            Norm.layer(op.in(), op.weight(), op.bias(), op.out(), op.epsilon())
                .adding(op.residual(), op.sum()));
  }

  @Override
  public Support<NormBody.Problem> supports(O step, StepContext context) {
    Norm asked = norm.apply(step);
    return FloatOperands.of(context, asked.operands())
        .map(operands ->
            new NormBody.Problem(
                operands.format(),
                context.operand(asked.weight()).width(),
                asked.epsilon(),
                asked.weightOffset(),
                asked.centred(),
                asked.bias().isPresent(),
                asked.residual().isPresent()));
  }

  @Override
  public Cost estimate(NormBody.Problem problem) {
    int matrices = problem.add() ? 4 : 2;
    return Cost.ofBytes((double) matrices * problem.width() * problem.format().bytes());
  }

  @Override
  public Kernel emit(NormBody.Problem problem, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, problem.threads());
    new NormBody(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(O step, StepContext context, NormBody.Problem problem, Kernel kernel) {
    Norm asked = norm.apply(step);
    Operand in = context.operand(asked.in());
    SizeExpr rows = in.rows().times(in.width() / problem.width());
    LaunchBuilder launch = LaunchBuilder.of(kernel).grid(rows.ceilDiv(problem.rowsPerBlock()));
    asked.operands().forEach(launch::pointer);
    return launch.size(rows).build();
  }
}
