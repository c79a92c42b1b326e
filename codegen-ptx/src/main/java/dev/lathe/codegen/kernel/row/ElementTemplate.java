package dev.lathe.codegen.kernel.row;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.FloatOperands;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Binary;
import dev.lathe.engine.v1.StepOp.SwiGlu;
import dev.lathe.engine.v1.StepOp.Unary;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.function.Function;

/// Functions of elements, one template for each op that is one.
///
/// @param id stable name of the template
/// @param op the ops it is for
/// @param function what an op computes
/// @param inputs operands that it reads
/// @param out operand that it writes
public record ElementTemplate<O extends StepOp>(
    String id,
    Class<O> op,
    Function<O, ElementBody.Function> function,
    Function<O, List<Ref>> inputs,
    Function<O, Ref> out)
    implements UntunedTemplate<O, ElementBody.Problem> {

  public static ElementTemplate<SwiGlu> swiGlu() {
    return new ElementTemplate<>(
        "swiglu",
        SwiGlu.class,
        op -> new ElementBody.Function.SwiGlu(),
        op -> List.of(op.gateUp()),
        SwiGlu::out);
  }

  public static ElementTemplate<Unary> unary() {
    return new ElementTemplate<>(
        "unary",
        Unary.class,
        op -> new ElementBody.Function.Of(op.kind(), op.parameter()),
        op -> List.of(op.in()),
        Unary::out);
  }

  public static ElementTemplate<Binary> binary() {
    return new ElementTemplate<>(
        "binary",
        Binary.class,
        op -> new ElementBody.Function.OfTwo(op.kind()),
        op -> List.of(op.left(), op.right()),
        Binary::out);
  }

  @Override
  public Support<ElementBody.Problem> supports(O step, StepContext context) {
    Operand result = context.operand(out.apply(step));
    if (!result.dtype().isFloat()) {
      return Support.no("the result is " + result.dtype().text());
    }
    return FloatOperands.of(context, inputs.apply(step))
        .map(operands ->
            new ElementBody.Problem(
                function.apply(step),
                operands.format(),
                FloatFormat.of(result.dtype()),
                result.width()));
  }

  @Override
  public Cost estimate(ElementBody.Problem problem) {
    return Cost.ofBytes(3.0 * problem.width() * problem.format().bytes());
  }

  @Override
  public Kernel emit(ElementBody.Problem problem, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, problem.threads());
    new ElementBody(k, problem).emit();
    return k.build();
  }

  @Override
  public Launch launch(O step, StepContext context, ElementBody.Problem problem, Kernel kernel) {
    Ref result = out.apply(step);
    LaunchBuilder launch = LaunchBuilder.of(kernel).grid(context.operand(result).rows());
    inputs.apply(step).forEach(launch::pointer);
    return launch.pointer(result).build();
  }
}
