package dev.lathe.codegen.ptx.isa;

/// A predicate register: one bit.
public record Pred(int index) implements Reg {
  @Override
  public char letter() {
    return 'p';
  }

  @Override
  public String declaredType() {
    return "pred";
  }

  @Override
  public String toString() {
    return text();
  }
}
