package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import dev.lathe.ir.verify.Verifier;
import dev.lathe.ir.verify.Violation;
import java.util.List;

/// Refuses a model of which something is left that no device runs.
public final class RequireSteps implements Pass {

  @Override
  public String name() {
    return "require-steps";
  }

  @Override
  public String summary() {
    return "checks that every node is a step";
  }

  @Override
  public Stage requires() {
    return Stage.CANONICAL;
  }

  @Override
  public Stage establishes() {
    return Stage.FUSED;
  }

  /// @throws UnfusableModelException if a node is no step
  @Override
  public Outcome run(Graph graph) {
    List<Violation> violations = Verifier.check(graph.at(Stage.FUSED));
    if (!violations.isEmpty()) {
      throw new UnfusableModelException(Verifier.describe(graph, violations));
    }
    return Outcome.of(graph);
  }
}
