package dev.lathe.codegen.ptx.isa;

/// A 32-bit register: integers, shared-memory addresses, packed pairs of half floats.
public record B32(int index) implements Reg {
  @Override
  public char letter() {
    return 'r';
  }

  @Override
  public String declaredType() {
    return "b32";
  }

  @Override
  public String toString() {
    return text();
  }
}
