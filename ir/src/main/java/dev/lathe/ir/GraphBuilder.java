package dev.lathe.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts a graph together, node by node, each after its operands. Not thread-safe.
public final class GraphBuilder {
  private final Map<String, Value> leaves = new LinkedHashMap<>();
  private final Set<Value> defined = new HashSet<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();

  /// The leaf of that name; the first call declares it.
  ///
  /// @throws IllegalArgumentException if another leaf has the same name
  public Value leaf(LeafOp op) {
    Value known = leaves.computeIfAbsent(op.text(), _ -> Value.leaf(op));
    if (!known.def().equals(op)) {
      throw new IllegalArgumentException(
          op.text() + " is already declared as " + known.def() + ", not as " + op);
    }
    defined.add(known);
    return known;
  }

  /// Adds an op with one result and returns that.
  ///
  /// @throws TypeException if an operand breaks a constraint of the op
  public Value add(String label, Op op) {
    return addAll(label, op).result();
  }

  /// Adds an op and returns its node.
  public Node addAll(String label, Op op) {
    for (Value operand : op.operands()) {
      if (!defined.contains(operand)) {
        throw new IllegalArgumentException(
            op.mnemonic() + " at " + label + " uses a value of another graph: " + operand);
      }
    }
    Node node = Node.of(label, op);
    nodes.add(node);
    defined.addAll(node.results());
    return node;
  }

  /// Declares the next output of the graph.
  public void output(Value value) {
    outputs.add(value);
  }

  public Graph build(Stage stage) {
    return new Graph(List.copyOf(leaves.values()), nodes, outputs, stage);
  }
}
