package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.KernelCatalog;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.function.Supplier;

/// Ways to carry out a step.
interface Candidates {

  /// The way that a compiler would choose.
  Candidate chosen(StepOp op, StepContext context);

  /// Every way.
  List<Candidate> all(StepOp op, StepContext context);

  /// @param label template and configuration
  record Candidate(String label, Supplier<Lowering> lower) {}

  /// Only what the catalog chooses.
  static Candidates of(KernelCatalog catalog) {
    return new Candidates() {
      @Override
      public Candidate chosen(StepOp op, StepContext context) {
        return new Candidate("chosen", () -> catalog.lower(op, context));
      }

      @Override
      public List<Candidate> all(StepOp op, StepContext context) {
        return List.of(chosen(op, context));
      }
    };
  }
}
