package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.StepOp.Linear;
import dev.lathe.passes.select.StepContext;

/// The launch that all linear kernels share: input, weight, out, bias, residual, tokens.
final class LinearLaunch {
  private LinearLaunch() {}

  /// Rows T of a step.
  static SizeExpr tokens(Linear op, StepContext context) {
    return context.operand(op.in()).shape().getFirst();
  }

  static Launches of(Linear op, StepContext context, Kernel kernel, SizeExpr x, SizeExpr y) {
    LaunchBuilder launch =
        LaunchBuilder.of(kernel)
            .grid(x, y, SizeExpr.of(1))
            .pointer(op.in())
            .pointer(op.weight())
            .pointer(op.out());
    op.bias().ifPresent(launch::pointer);
    op.residual().ifPresent(launch::pointer);
    return Launches.of(launch.size(tokens(op, context)).build());
  }
}
