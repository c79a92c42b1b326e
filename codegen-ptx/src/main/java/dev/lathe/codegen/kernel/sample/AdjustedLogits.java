package dev.lathe.codegen.kernel.sample;

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
import dev.lathe.engine.v1.StepOp.AdjustLogits;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// Penalties and biases, in place.
public final class AdjustedLogits
    implements KernelTemplate<AdjustLogits, AdjustedLogits.Problem, Untuned> {

  record Problem(int vocabulary) {}

  @Override
  public String id() {
    return "adjust-logits";
  }

  @Override
  public Class<AdjustLogits> op() {
    return AdjustLogits.class;
  }

  @Override
  public Support<Problem> supports(AdjustLogits op, StepContext context) {
    Operand logits = context.operand(op.logits());
    if (logits.dtype() != DType.F32) {
      return Support.no("logits are " + logits.dtype().text() + ", not f32");
    }
    long vocabulary = logits.shape().getLast().evaluate(new Sizes(0, 0, 0));
    return Support.yes(new Problem(Math.toIntExact(vocabulary)));
  }

  @Override
  public Stream<Untuned> space(Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(Problem problem, Untuned config, Target target) {
    return Cost.ofBytes(4.0 * problem.vocabulary);
  }

  @Override
  public List<Kernel> emit(Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, AdjustBody.THREADS);
    new AdjustBody(k, problem.vocabulary).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      AdjustLogits op, StepContext context, Problem problem, Untuned config, List<Kernel> kernels) {
    return Launches.of(
        LaunchBuilder.of(kernels.getFirst())
            .grid(SizeExpr.LOGIT_ROWS)
            .pointer(op.logits())
            .pointer(op.starts())
            .pointer(op.tokens())
            .pointer(op.counts())
            .pointer(op.biases())
            .pointer(op.repetition())
            .pointer(op.presence())
            .pointer(op.frequency())
            .build());
  }
}
