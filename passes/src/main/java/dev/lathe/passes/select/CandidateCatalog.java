package dev.lathe.passes.select;

import dev.lathe.engine.v1.StepOp;
import java.util.List;

/// A catalog that shows what it would choose among.
public interface CandidateCatalog extends KernelCatalog {

  /// Every way to carry out a step, in the order in which equals are preferred.
  Candidates candidates(StepOp op, StepContext context);

  @Override
  default boolean supports(StepOp op, StepContext context) {
    return !candidates(op, context).all().isEmpty();
  }

  /// @param refusals one sentence a template that cannot do it: its id and why
  record Candidates(List<KernelCandidate> all, List<String> refusals) {
    public Candidates {
      all = List.copyOf(all);
      refusals = List.copyOf(refusals);
    }
  }
}
