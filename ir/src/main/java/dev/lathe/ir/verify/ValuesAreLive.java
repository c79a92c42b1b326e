package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Stage;
import dev.lathe.ir.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// G3: of every node, at least one result is used or is an output of the graph.
final class ValuesAreLive implements Check {
  @Override
  public Stage since() {
    return Stage.CANONICAL;
  }

  @Override
  public List<Violation> check(Graph graph) {
    Set<Value> used = new HashSet<>(graph.outputs());
    graph.nodes().forEach(node -> used.addAll(node.op().operands()));
    return graph.nodes().stream()
        .filter(node -> node.results().stream().noneMatch(used::contains))
        .map(ValuesAreLive::violation)
        .toList();
  }

  private static Violation violation(Node node) {
    return Violation.at(node, "G3", "no result of " + node.op().mnemonic() + " is used");
  }
}
