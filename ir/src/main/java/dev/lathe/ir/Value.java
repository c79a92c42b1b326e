package dev.lathe.ir;

/// A tensor in a graph: a result of the op that defines it. Inputs and weights are results of a
/// [LeafOp]. Two values are equal only if they are the same object.
public final class Value {
  private final Op def;
  private final int index;
  private final TensorType type;

  Value(Op def, int index, TensorType type) {
    this.def = def;
    this.index = index;
    this.type = type;
  }

  /// A value that no node computes.
  public static Value leaf(LeafOp op) {
    return new Value(op, 0, op.type());
  }

  /// The op whose result this is.
  public Op def() {
    return def;
  }

  /// Which of the op's results this is, from 0.
  public int index() {
    return index;
  }

  public TensorType type() {
    return type;
  }

  /// True for inputs, KV caches and weights.
  public boolean isLeaf() {
    return def instanceof LeafOp;
  }

  /// Names the defining op only, so that the text of an op stays short at any depth of the graph.
  @Override
  public String toString() {
    String origin = def instanceof LeafOp leaf ? leaf.text() : def.mnemonic() + "#" + index;
    return origin + " : " + type;
  }
}
