package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.TypeInference;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;

/// G2: results have the types that the op implies; else the label of the broken constraint.
final class TypesAreInferred implements Check {
  @Override
  public List<Violation> check(Graph graph) {
    return graph.nodes().stream().map(TypesAreInferred::check).flatMap(Optional::stream).toList();
  }

  private static Optional<Violation> check(Node node) {
    try {
      List<TensorType> inferred = TypeInference.infer(node.op());
      List<TensorType> stated = node.results().stream().map(Value::type).toList();
      return inferred.equals(stated)
          ? Optional.empty()
          : Optional.of(Violation.at(node, "G2", "has " + stated + ", should be " + inferred));
    } catch (TypeException e) {
      return Optional.of(Violation.at(node, e.label(), String.valueOf(e.getMessage())));
    }
  }
}
