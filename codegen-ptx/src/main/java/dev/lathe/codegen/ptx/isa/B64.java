package dev.lathe.codegen.ptx.isa;

/// A 64-bit register: integers, global addresses, descriptors.
public record B64(int index) implements Reg {
  @Override
  public char letter() {
    return 'd';
  }

  @Override
  public String declaredType() {
    return "b64";
  }

  @Override
  public String toString() {
    return text();
  }
}
