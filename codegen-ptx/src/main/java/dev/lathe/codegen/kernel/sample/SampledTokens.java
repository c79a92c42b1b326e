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
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import java.util.stream.Stream;

/// The choice of a token for each row of logits.
public final class SampledTokens implements KernelTemplate<Sample, SampledTokens.Problem, Untuned> {

  /// Bytes a microsecond that one block reads.
  static final double BYTES_PER_MICRO = 3.5e4;

  private static final double START_MICROS = 2;

  record Problem(int vocabulary) {}

  @Override
  public String id() {
    return "sample";
  }

  @Override
  public Class<Sample> op() {
    return Sample.class;
  }

  @Override
  public Support<Problem> supports(Sample op, StepContext context) {
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
    return new Cost(START_MICROS + 4.0 * problem.vocabulary / BYTES_PER_MICRO);
  }

  @Override
  public List<Kernel> emit(Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, SampleBody.THREADS);
    new SampleBody(k, problem.vocabulary).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Sample op, StepContext context, Problem problem, Untuned config, List<Kernel> kernels) {
    return launches(op, kernels.getFirst(), SizeExpr.LOGIT_ROWS);
  }

  static Launches launches(Sample op, Kernel kernel, SizeExpr blocks) {
    return Launches.of(
        LaunchBuilder.of(kernel)
            .grid(blocks)
            .pointer(op.logits())
            .pointer(op.temperatures())
            .pointer(op.topK())
            .pointer(op.topP())
            .pointer(op.minP())
            .pointer(op.seeds())
            .pointer(op.draws())
            .pointer(op.out())
            .build());
  }
}
