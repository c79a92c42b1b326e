package dev.lathe.passes.rewrite;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How often each value of a graph is used, and by which node it is defined.
public final class Uses {
  private final Map<Value, Integer> counts = new HashMap<>();
  private final Map<Value, Node> definitions = new HashMap<>();

  private Uses() {}

  public static Uses of(Graph graph) {
    Uses uses = new Uses();
    for (Node node : graph.nodes()) {
      node.op().operands().forEach(uses::count);
      node.results().forEach(result -> uses.definitions.put(result, node));
    }
    graph.outputs().forEach(uses::count);
    return uses;
  }

  private void count(Value value) {
    counts.merge(value, 1, Integer::sum);
  }

  /// Operands and outputs that are this value.
  public int of(Value value) {
    return counts.getOrDefault(value, 0);
  }

  /// The node whose result the value is; empty for leaves.
  public Optional<Node> node(Value value) {
    return Optional.ofNullable(definitions.get(value));
  }
}
