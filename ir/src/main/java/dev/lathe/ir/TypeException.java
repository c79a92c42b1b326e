package dev.lathe.ir;

/// Operands or attributes of an op break one of its constraints.
public final class TypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String label;

  TypeException(Op op, String label, String sentence) {
    super(op.mnemonic() + " " + label + ": " + sentence);
    this.label = label;
  }

  /// The constraint's label in the op's documentation: `C2`.
  public String label() {
    return label;
  }
}
