package dev.lathe.passes.rewrite;

import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a rule may know about the surroundings of its op, and the way to a [Rewrite].
public final class Match {
  private final Node root;
  private final Uses uses;
  private final Set<Value> taken;
  private final Set<Value> fused = new HashSet<>();

  /// @param taken values that another rewrite of the same round has replaced or fused
  Match(Node root, Uses uses, Set<Value> taken) {
    this.root = root;
    this.uses = uses;
    this.taken = taken;
  }

  /// The op that defines the value, for a rule that fuses it away: empty if it is of another class,
  /// or if anything but the one operand also uses the value.
  public <P extends Op> Optional<P> only(Value value, Class<P> type) {
    if (uses.of(value) != 1) {
      return Optional.empty();
    }
    Optional<P> op = shared(value, type);
    op.ifPresent(_ -> fused.add(value));
    return op;
  }

  /// The op that defines the value, for a rule that leaves the value's other users what they have.
  public <P extends Op> Optional<P> shared(Value value, Class<P> type) {
    return type.isInstance(value.def()) && !taken.contains(value)
        ? Optional.of(type.cast(value.def()))
        : Optional.empty();
  }

  /// Place in the model of the node that defines the value.
  public String label(Value value) {
    return uses.node(value).map(Node::label).orElse(root.label());
  }

  /// Place in the model of the op that the rule looks at.
  public String label() {
    return root.label();
  }

  /// The only result of the op that the rule looks at.
  public Value result() {
    return root.result();
  }

  /// Puts another op in the place of the one that the rule looks at; results correspond in order.
  public Rewrite replaceWith(Op op) {
    return replace(root.results(), root.label(), op);
  }

  /// The same for an op that has a place of its own in the model: that of an op that it absorbs.
  public Rewrite replaceWith(String label, Op op) {
    return replace(root.results(), label, op);
  }

  /// Puts the results of a new op in the place of values, in order.
  public Rewrite replace(List<Value> values, Op op) {
    return replace(values, root.label(), op);
  }

  private Rewrite replace(List<Value> values, String label, Op op) {
    Rewrite rewrite = rewrite();
    List<Value> results = rewrite.emitAll(label, op).results();
    if (results.size() != values.size()) {
      throw new IllegalStateException(
          op.mnemonic() + " has another count of results than " + root.op().mnemonic());
    }
    for (int i = 0; i < values.size(); i++) {
      rewrite.replace(values.get(i), results.get(i));
    }
    return rewrite;
  }

  /// An empty rewrite, to which new ops and replacements are added.
  public Rewrite rewrite() {
    return new Rewrite();
  }

  Set<Value> fused() {
    return fused;
  }
}
