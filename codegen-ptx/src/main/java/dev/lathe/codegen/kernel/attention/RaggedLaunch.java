package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.kernel.LaunchBuilder;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.engine.v1.StepOp.PagedAttention;

/// The pointers that kernels for ragged batches share, in order.
final class RaggedLaunch {
  private RaggedLaunch() {}

  static LaunchBuilder of(PagedAttention op, Kernel kernel) {
    return LaunchBuilder.of(kernel)
        .pointer(op.query())
        .pointer(op.keyCache())
        .pointer(op.valueCache())
        .pointer(op.queryStarts())
        .pointer(op.contextLengths())
        .pointer(op.blockTables())
        .pointer(op.out());
  }
}
