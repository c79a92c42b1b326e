package dev.lathe.passes.rewrite;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Builds a graph again from its outputs, with some values replaced. What the outputs do not need
/// is left out, equal ops are computed once, and the order is canonical: each node comes after its
/// first operand's nodes, then its second's, and so on.
final class Rebuild {
  private final Map<Value, Value> replacements;
  private final Map<Value, Node> definitions = new HashMap<>();
  private final Map<Value, Value> done = new HashMap<>();
  private final Map<Op, Node> byOp = new HashMap<>();
  private final Map<String, Value> leaves = new HashMap<>();
  private final Set<Value> usedLeaves = new LinkedHashSet<>();
  private final List<Node> nodes = new ArrayList<>();

  private Rebuild(Graph graph, List<Node> added, Map<Value, Value> replacements) {
    this.replacements = replacements;
    define(graph.nodes());
    define(added);
  }

  private void define(List<Node> defining) {
    for (Node node : defining) {
      node.results().forEach(result -> definitions.put(result, node));
    }
  }

  /// @param added nodes that are not in the graph, but that `replacements` may lead to
  static Graph rebuild(Graph graph, List<Node> added, Map<Value, Value> replacements) {
    Rebuild rebuild = new Rebuild(graph, added, replacements);
    List<Value> outputs = graph.outputs().stream().map(rebuild::resolve).toList();
    outputs.forEach(rebuild::visit);
    return new Graph(
        List.copyOf(rebuild.usedLeaves),
        rebuild.nodes,
        outputs.stream().map(rebuild::rebuilt).toList(),
        graph.stage());
  }

  /// Depth first, without recursion: models are deep.
  private void visit(Value output) {
    Deque<Value> open = new ArrayDeque<>();
    open.push(output);
    while (!open.isEmpty()) {
      Value value = open.peek();
      List<Value> missing = missing(value);
      if (missing.isEmpty()) {
        open.pop();
        finish(value);
      } else {
        missing.reversed().forEach(open::push);
      }
    }
  }

  private List<Value> missing(Value value) {
    return done.containsKey(value)
        ? List.of()
        : value.def().operands().stream()
            .map(this::resolve)
            .filter(operand -> !done.containsKey(operand))
            .toList();
  }

  private void finish(Value value) {
    if (done.containsKey(value)) {
      return;
    }
    if (value.def() instanceof LeafOp leaf) {
      done.put(value, leaf(value, leaf));
      return;
    }
    Node old = definition(value);
    Node node = byOp.computeIfAbsent(rebuilt(old.op()), op -> add(old, op));
    for (int i = 0; i < old.results().size(); i++) {
      done.put(old.results().get(i), node.results().get(i));
    }
  }

  private Op rebuilt(Op op) {
    boolean isSame =
        op.operands().stream().allMatch(operand -> rebuilt(resolve(operand)) == operand);
    return isSame ? op : op.mapOperands(operand -> rebuilt(resolve(operand)));
  }

  private Node add(Node old, Op op) {
    Node node = op.equals(old.op()) ? old : Node.of(old.label(), op);
    nodes.add(node);
    return node;
  }

  private Value leaf(Value value, LeafOp leaf) {
    Value known = leaves.computeIfAbsent(leaf.text(), _ -> value);
    if (!known.def().equals(leaf)) {
      throw new IllegalStateException("two leaves are named " + leaf.text());
    }
    usedLeaves.add(known);
    return known;
  }

  private Node definition(Value value) {
    Node node = definitions.get(value);
    if (node == null) {
      throw new IllegalStateException("no node defines (" + value + ")");
    }
    return node;
  }

  private Value resolve(Value value) {
    Value current = value;
    for (Value next = replacements.get(current); next != null; next = replacements.get(current)) {
      current = next;
    }
    return current;
  }

  private Value rebuilt(Value value) {
    Value result = done.get(value);
    if (result == null) {
      throw new IllegalStateException("(" + value + ") was not visited");
    }
    return result;
  }
}
