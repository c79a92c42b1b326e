package dev.lathe.codegen.kernel;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// A way to carry out one kind of step.
///
/// @param <O> the steps it is for
/// @param <P> what a kernel depends on: shapes, dtypes, constants; no names of buffers
/// @param <C> tuning parameters
public interface KernelTemplate<O extends StepOp, P extends Record, C extends Record> {

  /// Stable name, part of the kernel's name and of timing caches: `rms-norm.row`.
  String id();

  /// The kind of step.
  Class<O> op();

  /// Whether it can carry out the step, and as which problem.
  Support<P> supports(O op, StepContext context);

  /// The legal configurations, the safest first; not empty if [#supports] said yes.
  Stream<C> space(P problem, Target target);

  /// What a configuration is expected to take.
  Cost estimate(P problem, C config, Target target);

  /// The kernels, in the order of their launches; each name begins with `name`, the first one's is
  /// `name` itself.
  List<Kernel> emit(P problem, C config, Target target, String name);

  /// The launches of those kernels for one step.
  Launches launches(O op, StepContext context, P problem, C config, List<Kernel> kernels);
}
