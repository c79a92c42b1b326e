package dev.lathe.passes.select;

import dev.lathe.engine.v1.StepOp;

/// Finds the kernels that carry out a step on the GPU.
public interface KernelCatalog {

  /// Kernels, launches and workspace for one step.
  ///
  /// @throws NoKernelException if no template supports the step; it names each template and its
  ///     reason
  Lowering lower(StepOp op, StepContext context);

  /// True if [#lower] has a kernel for the step.
  boolean supports(StepOp op, StepContext context);
}
