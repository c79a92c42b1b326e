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
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Binary;
import dev.lathe.engine.v1.StepOp.SwiGlu;
import dev.lathe.engine.v1.StepOp.Unary;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

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
    implements KernelTemplate<O, ElementBody.Problem, Untuned> {

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
    DType dtype = context.operand(inputs.apply(step).getFirst()).dtype();
    for (Ref input : inputs.apply(step)) {
      if (!dtype.isFloat() || context.operand(input).dtype() != dtype) {
        return Support.no(input + " is " + context.operand(input).dtype().text());
      }
    }
    if (!result.dtype().isFloat()) {
      return Support.no("the result is " + result.dtype().text());
    }
    return Support.yes(
        new ElementBody.Problem(
            function.apply(step),
            FloatFormat.of(dtype),
            FloatFormat.of(result.dtype()),
            Rows.width(result)));
  }

  @Override
  public Stream<Untuned> space(ElementBody.Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(ElementBody.Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(3.0 * problem.width() * problem.format().bytes());
  }

  @Override
  public List<Kernel> emit(
      ElementBody.Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, problem.threads());
    new ElementBody(k, problem).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      O step,
      StepContext context,
      ElementBody.Problem problem,
      Untuned config,
      List<Kernel> kernels) {
    LaunchBuilder launch =
        LaunchBuilder.of(kernels.getFirst()).grid(Rows.count(context.operand(out.apply(step))));
    inputs.apply(step).forEach(launch::pointer);
    return Launches.of(launch.pointer(out.apply(step)).build());
  }
}
