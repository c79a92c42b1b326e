package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.kernel.UntunedTemplate;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.StepOp.Sample;
import dev.lathe.passes.select.StepContext;

/// The choice of a token for each row of logits.
public final class SampledTokens implements UntunedTemplate<Sample, LogitRows> {

  /// Bytes a microsecond that one block reads.
  static final double BYTES_PER_MICRO = 3.5e4;

  private static final double START_MICROS = 2;

  @Override
  public String id() {
    return "sample";
  }

  @Override
  public Class<Sample> op() {
    return Sample.class;
  }

  @Override
  public Support<LogitRows> supports(Sample op, StepContext context) {
    return LogitRows.of(op.logits(), context);
  }

  @Override
  public Cost estimate(LogitRows logits) {
    return new Cost(START_MICROS + logits.rowBytes() / BYTES_PER_MICRO);
  }

  @Override
  public Kernel emit(LogitRows logits, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, SampleBody.THREADS);
    new SampleBody(k, logits.vocabulary()).emit();
    return k.build();
  }

  @Override
  public Launch launch(Sample op, StepContext context, LogitRows logits, Kernel kernel) {
    return launch(op, kernel, SizeExpr.LOGIT_ROWS);
  }

  static Launch launch(Sample op, Kernel kernel, SizeExpr blocks) {
    return LaunchBuilder.of(kernel)
        .grid(blocks)
        .pointer(op.logits())
        .pointer(op.temperatures())
        .pointer(op.topK())
        .pointer(op.topP())
        .pointer(op.minP())
        .pointer(op.seeds())
        .pointer(op.draws())
        .pointer(op.out())
        .build();
  }
}
