package dev.lathe.ir.verify;

import dev.lathe.ir.Node;
import java.util.Optional;

/// One broken property of a graph.
///
/// @param label `C2`: constraint of the node's op; `G3`: property of graphs
/// @param node where; empty for the graph as a whole
/// @param sentence what is wrong, without a full stop
public record Violation(String label, Optional<Node> node, String sentence) {

  static Violation at(Node node, String label, String sentence) {
    return new Violation(label, Optional.of(node), sentence);
  }

  static Violation ofGraph(String label, String sentence) {
    return new Violation(label, Optional.empty(), sentence);
  }
}
