package dev.lathe.passes.plan;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.passes.select.KernelCatalog;
import java.util.Optional;

/// What a model is planned for.
///
/// @param target `sm_90a`, `sm_80`, `sm_89` or `cpu`
/// @param kernels empty for an engine for the CPU alone
public record PlanRequest(
    Manifest.Limits limits, int tokensPerBlock, String target, Optional<KernelCatalog> kernels) {

  /// Width of a row of the block tables.
  public int maxBlocksPerSequence() {
    return Math.ceilDiv(limits.maxSequenceLength(), tokensPerBlock);
  }
}
