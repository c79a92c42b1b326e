package dev.lathe.ir;

import java.util.ArrayList;
import java.util.List;

/// One computation of a graph.
///
/// @param label its place in the model, from which the plan names the step:
///     `layers.0.attention.qkv`; need not be unique
/// @param results one value for each result of the op
public record Node(String label, Op op, List<Value> results) {
  public Node {
    results = List.copyOf(results);
  }

  /// A node whose results have the types that the op implies.
  ///
  /// @throws TypeException if an operand breaks a constraint of the op
  public static Node of(String label, Op op) {
    List<TensorType> types = TypeInference.infer(op);
    List<Value> results = new ArrayList<>();
    for (int index = 0; index < types.size(); index++) {
      results.add(new Value(op, index, types.get(index)));
    }
    return new Node(label, op, results);
  }

  /// The only result.
  ///
  /// @throws IllegalStateException if there are more
  public Value result() {
    if (results.size() != 1) {
      throw new IllegalStateException(op.mnemonic() + " has " + results.size() + " results");
    }
    return results.getFirst();
  }
}
