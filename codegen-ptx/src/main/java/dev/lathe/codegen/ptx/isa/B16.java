package dev.lathe.codegen.ptx.isa;

/// A 16-bit register: half-precision floats and short integers.
public record B16(int index) implements Reg {
  @Override
  public char letter() {
    return 'h';
  }

  @Override
  public String declaredType() {
    return "b16";
  }

  @Override
  public String toString() {
    return text();
  }
}
