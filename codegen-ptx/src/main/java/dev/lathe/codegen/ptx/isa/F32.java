package dev.lathe.codegen.ptx.isa;

/// A float32 register.
public record F32(int index) implements Reg {
  @Override
  public char letter() {
    return 'f';
  }

  @Override
  public String declaredType() {
    return "f32";
  }

  @Override
  public String toString() {
    return text();
  }
}
