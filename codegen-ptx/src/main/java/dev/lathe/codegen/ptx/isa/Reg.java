package dev.lathe.codegen.ptx.isa;

/// A virtual register. Its Java type is its PTX class, so that most mistakes do not compile.
/// Integer registers are untyped: signedness belongs to the instruction.
public sealed interface Reg extends Operand permits Pred, B16, B32, B64, F32 {

  /// Number among the registers of its class, from 0.
  int index();

  /// The letter of its class in the text: `r` of `%r12`.
  char letter();

  /// The class in a `.reg` directive: `b32`.
  String declaredType();

  @Override
  default String text() {
    return "%" + letter() + index();
  }
}
