package dev.lathe.ir;

import java.util.List;
import java.util.stream.Stream;

/// A model's forward pass. Immutable; nodes are in topological order.
///
/// @param leaves inputs, KV caches and weights in the order of their first use or declaration
/// @param nodes computations
/// @param outputs what the step yields; the first is the logits `(R, V)` f32, or the activations
///     of an encoder without a head
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

  /// True if some attention sees keys behind its query: prompts cannot be computed in pieces, and
  /// nothing can be generated.
  public boolean isEncoder() {
    return nodes.stream()
        .anyMatch(node -> node.op() instanceof AttentionOp.PagedAttention op && !op.causal());
  }

  /// Kinds of tokens that an encoder tells apart; 0 if it is told none.
  public int tokenTypes() {
    return nodes.stream()
        .map(Node::op)
        .filter(op ->
            op instanceof MoveOp.Embedding embedding
                && embedding.ids().def().equals(LeafOp.Input.tokenTypes()))
        .mapToInt(op -> Math.toIntExact(((MoveOp.Embedding) op).table().type().shape().constant(0)))
        .findFirst()
        .orElse(0);
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
