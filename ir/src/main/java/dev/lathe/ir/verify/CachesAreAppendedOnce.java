package dev.lathe.ir.verify;

import dev.lathe.ir.AttentionOp.KvAppend;
import dev.lathe.ir.AttentionOp.RopeKvAppend;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// G5: a state of a KV cache is not used after an append has replaced it. A device has one copy of
/// the cache and appends in place.
final class CachesAreAppendedOnce implements Check {
  @Override
  public List<Violation> check(Graph graph) {
    List<Violation> violations = new ArrayList<>();
    Set<Value> replaced = new HashSet<>();
    for (Node node : graph.nodes()) {
      for (Value operand : node.op().operands()) {
        if (replaced.contains(operand)) {
          violations.add(Violation.at(node, "G5", "uses (" + operand + ") after an append to it"));
        }
      }
      replaced.addAll(appendedTo(node));
    }
    return violations;
  }

  private static List<Value> appendedTo(Node node) {
    if (node.op() instanceof KvAppend append) {
      return List.of(append.keyCache(), append.valueCache());
    }
    if (node.op() instanceof RopeKvAppend append) {
      return List.of(append.keyCache(), append.valueCache());
    }
    return List.of();
  }
}
