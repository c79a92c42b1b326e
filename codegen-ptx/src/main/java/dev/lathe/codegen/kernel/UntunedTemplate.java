package dev.lathe.codegen.kernel;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// A template with nothing to tune: one kernel for each problem, and one launch of it.
///
/// @param <O> the steps it is for
/// @param <P> what the kernel depends on
public interface UntunedTemplate<O extends StepOp, P extends Record>
    extends KernelTemplate<O, P, Untuned> {

  /// What the kernel is expected to take.
  Cost estimate(P problem);

  /// The kernel of that name.
  Kernel emit(P problem, Target target, String name);

  /// Its launch for one step.
  Launch launch(O op, StepContext context, P problem, Kernel kernel);

  @Override
  default Stream<Untuned> space(P problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  default Cost estimate(P problem, Untuned config, Target target) {
    return estimate(problem);
  }

  @Override
  default List<Kernel> emit(P problem, Untuned config, Target target, String name) {
    return List.of(emit(problem, target, name));
  }

  @Override
  default Launches launches(
      O op, StepContext context, P problem, Untuned config, List<Kernel> kernels) {
    return Launches.of(launch(op, context, problem, kernels.getFirst()));
  }
}
