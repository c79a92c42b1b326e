package dev.lathe.passes.tune;

import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.Lowering;

/// A candidate that is to be measured, with its kernels.
///
/// @param lowering for the first step that has the problem
public record Contender(KernelCandidate candidate, Lowering lowering) {

  /// Template and configuration, for people: `linear.skinny(warps=8, tokenTiles=1)`.
  public String label() {
    String config = candidate.config();
    return candidate.template() + (config.isEmpty() ? "" : "(" + config + ")");
  }
}
