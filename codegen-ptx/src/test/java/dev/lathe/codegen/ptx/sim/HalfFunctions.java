package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.PtxType;

/// Arithmetic on halves and pairs of halves: exact in float32 or double, then rounded once.
final class HalfFunctions {
  private HalfFunctions() {}

  @FunctionalInterface
  private interface Arithmetic {
    double apply(double a, double b, double c);
  }

  static LaneFunction of(Opcode opcode, PtxType type) {
    Arithmetic operation =
        switch (opcode.stem()) {
          case "add" -> (a, b, c) -> a + b;
          case "sub" -> (a, b, c) -> a - b;
          case "mul" -> (a, b, c) -> a * b;
          case "fma" -> (a, b, c) -> a * b + c;
          case "min" -> (a, b, c) -> Math.min(a, b);
          case "max" -> (a, b, c) -> Math.max(a, b);
          case "abs" -> (a, b, c) -> Math.abs(a);
          case "neg" -> (a, b, c) -> -a;
          case "ex2" -> (a, b, c) -> Math.pow(2, a);
          case "tanh" -> (a, b, c) -> Math.tanh(a);
          default -> throw new IllegalStateException("the simulator has no " + opcode.mnemonic());
        };
    boolean bfloat = type == PtxType.BF16 || type == PtxType.BF16X2;
    LaneFunction one =
        (a, b, c) ->
            narrow(operation.apply(widen(a, bfloat), widen(b, bfloat), widen(c, bfloat)), bfloat);
    if (type.bits() == 16) {
      return one;
    }
    return (a, b, c) ->
        one.apply(a & 0xFFFF, b & 0xFFFF, c & 0xFFFF)
            | one.apply(a >>> 16, b >>> 16, c >>> 16) << 16;
  }

  static float widen(long bits, boolean bfloat) {
    return bfloat ? Float.intBitsToFloat((int) bits << 16) : Float.float16ToFloat((short) bits);
  }

  private static long narrow(double value, boolean bfloat) {
    long bits = FloatFunctions.bits(value);
    return bfloat
        ? ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16) & 0xFFFF
        : Float.floatToFloat16((float) value) & 0xFFFFL;
  }
}
