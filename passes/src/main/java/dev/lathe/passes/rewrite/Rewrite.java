package dev.lathe.passes.rewrite;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// New ops, and which values they take the place of. Ops that nobody uses any more go by
/// themselves.
public final class Rewrite {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Value, Value> replacements = new LinkedHashMap<>();

  Rewrite() {}

  /// Adds an op with one result.
  ///
  /// @throws dev.lathe.ir.TypeException if an operand breaks a constraint of the op
  public Value emit(String label, Op op) {
    return emitAll(label, op).result();
  }

  /// Adds an op.
  public Node emitAll(String label, Op op) {
    Node node = Node.of(label, op);
    nodes.add(node);
    return node;
  }

  /// Makes a weight from others. Its name must be new in the model.
  public static Value weight(String name, TensorType type, WeightExpr source) {
    return Value.leaf(new LeafOp.Weight(name, type, source));
  }

  /// Lets every user of `old` use `by`.
  ///
  /// @throws IllegalStateException if the types differ
  public Rewrite replace(Value old, Value by) {
    if (!old.type().equals(by.type())) {
      throw new IllegalStateException("(" + by + ") cannot take the place of (" + old + ")");
    }
    replacements.put(old, by);
    return this;
  }

  List<Node> nodes() {
    return nodes;
  }

  Map<Value, Value> replacements() {
    return replacements;
  }
}
