package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// G1: an operand is a leaf of the graph or a result of an earlier node; so is an output.
final class OperandsAreDefined implements Check {
  @Override
  public List<Violation> check(Graph graph) {
    List<Violation> violations = new ArrayList<>();
    Set<Value> defined = new HashSet<>(graph.leaves());
    for (Node node : graph.nodes()) {
      for (Value operand : node.op().operands()) {
        if (!defined.contains(operand)) {
          violations.add(
              Violation.at(node, "G1", "operand (" + operand + ") is not defined before"));
        }
      }
      defined.addAll(node.results());
    }
    for (Value output : graph.outputs()) {
      if (!defined.contains(output)) {
        violations.add(Violation.ofGraph("G1", "output (" + output + ") is not defined"));
      }
    }
    return violations;
  }
}
