package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// G4: leaves are inputs, caches or weights, each under a name of its own.
final class LeavesAreUnique implements Check {
  @Override
  public List<Violation> check(Graph graph) {
    List<Violation> violations = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Value leaf : graph.leaves()) {
      if (!(leaf.def() instanceof LeafOp op)) {
        violations.add(Violation.ofGraph("G4", "(" + leaf + ") is no leaf"));
      } else if (!names.add(op.text())) {
        violations.add(Violation.ofGraph("G4", op.text() + " is declared twice"));
      }
    }
    return violations;
  }
}
