package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.Untuned;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.stream.Stream;

/// The choice of a token for each row of logits, by a cluster of blocks that holds the row in
/// shared memory: for vocabularies that are long for one multiprocessor.
public final class ClusterSampledTokens
    implements KernelTemplate<Sample, SampledTokens.Problem, Untuned> {
  private static final double BYTES_PER_MICRO = SampledTokens.BYTES_PER_MICRO * 8;
  private static final double START_MICROS = 3;

  /// What a block holds in shared memory besides its slice.
  private static final int OTHER_SHARED_BYTES = 40 * 1024;

  @Override
  public String id() {
    return "sample.cluster";
  }

  @Override
  public Class<Sample> op() {
    return Sample.class;
  }

  @Override
  public Support<SampledTokens.Problem> supports(Sample op, StepContext context) {
    Target target = Target.parse(context.target());
    if (target.sm() < 90) {
      return Support.no(target + " has no clusters");
    }
    return switch (new SampledTokens().supports(op, context)) {
      case Support.No<SampledTokens.Problem>(String reason) -> Support.no(reason);
      case Support.Yes<SampledTokens.Problem>(SampledTokens.Problem problem) -> {
        int bytes = SliceKeys.elements(problem.vocabulary()) * Integer.BYTES;
        yield bytes + OTHER_SHARED_BYTES <= target.sharedBytesPerBlock()
            ? Support.yes(problem)
            : Support.no(problem.vocabulary() + " logits are too many for a cluster");
      }
    };
  }

  @Override
  public Stream<Untuned> space(SampledTokens.Problem problem, Target target) {
    return Stream.of(new Untuned());
  }

  @Override
  public Cost estimate(SampledTokens.Problem problem, Untuned config, Target target) {
    return new Cost(START_MICROS + 4.0 * problem.vocabulary() / BYTES_PER_MICRO);
  }

  @Override
  public List<Kernel> emit(
      SampledTokens.Problem problem, Untuned config, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, ClusterSampleBody.THREADS);
    new ClusterSampleBody(k, problem.vocabulary()).emit();
    return List.of(k.build());
  }

  @Override
  public Launches launches(
      Sample op,
      StepContext context,
      SampledTokens.Problem problem,
      Untuned config,
      List<Kernel> kernels) {
    SizeExpr blocks = SizeExpr.LOGIT_ROWS.times(ClusterSampleBody.BLOCKS);
    return SampledTokens.launches(op, kernels.getFirst(), blocks);
  }
}
