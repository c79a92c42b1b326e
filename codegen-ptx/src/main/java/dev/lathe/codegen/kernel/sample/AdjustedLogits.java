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
import dev.lathe.engine.v1.StepOp.AdjustLogits;
import dev.lathe.passes.select.StepContext;

/// Penalties and biases, in place.
public final class AdjustedLogits implements UntunedTemplate<AdjustLogits, LogitRows> {
  @Override
  public String id() {
    return "adjust-logits";
  }

  @Override
  public Class<AdjustLogits> op() {
    return AdjustLogits.class;
  }

  @Override
  public Support<LogitRows> supports(AdjustLogits op, StepContext context) {
    return LogitRows.of(op.logits(), context);
  }

  @Override
  public Cost estimate(LogitRows logits) {
    return Cost.ofBytes(logits.rowBytes());
  }

  @Override
  public Kernel emit(LogitRows logits, Target target, String name) {
    KernelBuilder k = KernelBuilder.overlapping(name, target, AdjustBody.THREADS);
    new AdjustBody(k, logits.vocabulary()).emit();
    return k.build();
  }

  @Override
  public Launch launch(AdjustLogits op, StepContext context, LogitRows logits, Kernel kernel) {
    return LaunchBuilder.of(kernel)
        .grid(SizeExpr.LOGIT_ROWS)
        .pointer(op.logits())
        .pointer(op.starts())
        .pointer(op.tokens())
        .pointer(op.counts())
        .pointer(op.biases())
        .pointer(op.repetition())
        .pointer(op.presence())
        .pointer(op.frequency())
        .build();
  }
}
