package dev.lathe.tests.kernel;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.List;

/// The kernels of the built-in templates.
final class BuiltInCandidates implements Candidates {
  private final PtxKernelCatalog catalog = PtxKernelCatalog.builtIn();

  static Candidates create() {
    return new BuiltInCandidates();
  }

  @Override
  public Candidate chosen(StepOp op, StepContext context) {
    return new Candidate("the kernel of choice", () -> catalog.lower(op, context));
  }

  @Override
  public List<Candidate> all(StepOp op, StepContext context) {
    return catalog.candidates(op, context, new ArrayList<>()).stream()
        .map(choice -> new Candidate(choice.template() + " " + choice.config(), choice::lower))
        .toList();
  }
}
