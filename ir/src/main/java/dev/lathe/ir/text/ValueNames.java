package dev.lathe.ir.text;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.HashMap;
import java.util.Map;

/// Names of all values of a graph: leaves by their own names, results numbered in order of the
/// nodes.
public final class ValueNames {
  private final Map<Value, String> names = new HashMap<>();

  private ValueNames() {}

  public static ValueNames of(Graph graph) {
    ValueNames names = new ValueNames();
    int next = 0;
    for (Node node : graph.nodes()) {
      for (Value result : node.results()) {
        names.names.put(result, "%" + next++);
      }
    }
    return names;
  }

  /// `%7`, `%token_ids`, `@lm_head`; `%?` for a value that no node of the graph defines.
  public String name(Value value) {
    return value.def() instanceof LeafOp leaf ? leaf.text() : names.getOrDefault(value, "%?");
  }
}
