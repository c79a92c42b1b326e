package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.passes.select.StepContext;
import java.util.Optional;

/// The choice of a token for each row of logits, by a cluster of blocks that holds the row in
/// shared memory: for vocabularies that are long for one multiprocessor.
public final class ClusterSampledTokens implements UntunedTemplate<Sample, LogitRows> {
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
  public Support<LogitRows> supports(Sample op, StepContext context) {
    Target target = Target.parse(context.target());
    if (target.sm() < 90) {
      return Support.no(target + " has no clusters");
    }
    return LogitRows.of(op.logits(), context).unless(logits -> tooMany(logits, target));
  }

  private static Optional<String> tooMany(LogitRows logits, Target target) {
    int bytes = SliceKeys.elements(logits.vocabulary()) * Integer.BYTES;
    return bytes + OTHER_SHARED_BYTES <= target.sharedBytesPerBlock()
        ? Optional.empty()
        : Optional.of(logits.vocabulary() + " logits are too many for a cluster");
  }

  @Override
  public Cost estimate(LogitRows logits) {
    return new Cost(START_MICROS + logits.rowBytes() / BYTES_PER_MICRO);
  }

  @Override
  public Kernel emit(LogitRows logits, Target target, String name) {
    KernelBuilder k = new KernelBuilder(name, target, ClusterSampleBody.THREADS);
    new ClusterSampleBody(k, logits.vocabulary()).emit();
    return k.build();
  }

  @Override
  public Launch launch(Sample op, StepContext context, LogitRows logits, Kernel kernel) {
    SizeExpr blocks = SizeExpr.LOGIT_ROWS.times(ClusterSampleBody.BLOCKS);
    return SampledTokens.launch(op, kernel, blocks);
  }
}
