package dev.lathe.ir;

import java.util.List;
import java.util.stream.Stream;

/// A model's forward pass. Immutable; nodes are in topological order.
///
/// @param leaves inputs, KV caches and weights in the order of their first use or declaration
/// @param nodes computations
/// @param outputs what the step yields; the first is the logits `(R, V)` f32
/// @param stage how far the passes have come
public record Graph(List<Value> leaves, List<Node> nodes, List<Value> outputs, Stage stage) {
  public Graph {
    leaves = List.copyOf(leaves);
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
  }

  public Graph at(Stage reached) {
    return new Graph(leaves, nodes, outputs, reached);
  }

  public List<LeafOp.Weight> weights() {
    return leafOps(LeafOp.Weight.class).toList();
  }

  public List<LeafOp.Input> inputs() {
    return leafOps(LeafOp.Input.class).toList();
  }

  public List<LeafOp.KvCache> caches() {
    return leafOps(LeafOp.KvCache.class).toList();
  }

  private <L extends LeafOp> Stream<L> leafOps(Class<L> family) {
    return leaves.stream().map(Value::def).filter(family::isInstance).map(family::cast);
  }
}
