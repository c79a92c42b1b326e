package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.Opcode;

/// Float32 instructions and conversions, by mnemonic. Approximations are exact here.
final class FloatFunctions {
  private FloatFunctions() {}

  static LaneFunction of(Opcode opcode) {
    LaneFunction plain =
        switch (opcode.stem()) {
          case "add" -> (a, b, c) -> bits(f(a) + f(b));
          case "sub" -> (a, b, c) -> bits(f(a) - f(b));
          case "mul" -> (a, b, c) -> bits(f(a) * f(b));
          case "fma" -> (a, b, c) -> bits(Math.fma(f(a), f(b), f(c)));
          case "div" -> (a, b, c) -> bits(f(a) / f(b));
          case "rcp" -> (a, b, c) -> bits(1 / f(a));
          case "sqrt" -> (a, b, c) -> bits((float) Math.sqrt(f(a)));
          case "rsqrt" -> (a, b, c) -> bits((float) (1 / Math.sqrt(f(a))));
          case "ex2" -> (a, b, c) -> bits((float) Math.pow(2, f(a)));
          case "lg2" -> (a, b, c) -> bits((float) (Math.log(f(a)) / Math.log(2)));
          case "sin" -> (a, b, c) -> bits((float) Math.sin(f(a)));
          case "cos" -> (a, b, c) -> bits((float) Math.cos(f(a)));
          case "tanh" -> (a, b, c) -> bits((float) Math.tanh(f(a)));
          case "abs" -> (a, b, c) -> a & 0x7FFFFFFFL;
          case "copysign" -> (a, b, c) -> (a & 0x80000000L) | (b & 0x7FFFFFFFL);
          case "neg" -> (a, b, c) -> a ^ 0x80000000L;
          case "min" ->
              (a, b, c) ->
                  Float.isNaN(f(a)) ? b : Float.isNaN(f(b)) ? a : bits(Math.min(f(a), f(b)));
          case "max" ->
              (a, b, c) ->
                  Float.isNaN(f(a)) ? b : Float.isNaN(f(b)) ? a : bits(Math.max(f(a), f(b)));
          case "selp" -> (a, b, c) -> c != 0 ? a : b;
          case "mov" -> (a, b, c) -> a;
          default -> throw new IllegalStateException("the simulator has no " + opcode.mnemonic());
        };
    return opcode.has("ftz")
        ? (a, b, c) -> flush(plain.apply(flush(a), flush(b), flush(c)))
        : plain;
  }

  static LaneFunction conversion(Opcode opcode) {
    String[] parts = opcode.mnemonic().split("\\.");
    String to = parts[parts.length - 2];
    String from = parts[parts.length - 1];
    if (from.equals("f16")) {
      return (a, b, c) -> bits(Float.float16ToFloat((short) a));
    }
    if (from.equals("bf16")) {
      return (a, b, c) -> a << 16;
    }
    return switch (to) {
      case "f16" -> (a, b, c) -> half(a);
      case "bf16" -> (a, b, c) -> bfloat(a);
      case "f16x2" -> (a, b, c) -> half(a) << 16 | half(b);
      case "bf16x2" -> (a, b, c) -> bfloat(a) << 16 | bfloat(b);
      case "f32" -> from.equals("f32") ? (a, b, c) -> bits(rounded(parts[1], f(a))) : toFloat(from);
      default -> (a, b, c) -> toInteger(to, rounded(parts[1], f(a)));
    };
  }

  private static LaneFunction toFloat(String from) {
    return switch (from) {
      case "s32" -> (a, b, c) -> bits((float) (int) a);
      case "s64" -> (a, b, c) -> bits((float) a);
      case "u64" ->
          (a, b, c) ->
              bits(
                  a >= 0
                      ? (float) a
                      : (float) new java.math.BigInteger(Long.toUnsignedString(a)).doubleValue());
      default -> (a, b, c) -> bits((float) a);
    };
  }

  private static double rounded(String mode, float value) {
    return switch (mode) {
      case "rni" -> Math.rint(value);
      case "rmi" -> Math.floor(value);
      case "rpi" -> Math.ceil(value);
      default -> value < 0 ? Math.ceil(value) : Math.floor(value);
    };
  }

  private static long toInteger(String type, double value) {
    return switch (type) {
      case "s32" -> (int) value;
      case "u32" -> Math.clamp((long) value, 0, 0xFFFFFFFFL);
      case "s64" -> (long) value;
      case "u64" ->
          value >= 0x1p63 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : Math.max((long) value, 0);
      default -> throw new IllegalStateException("conversion to " + type);
    };
  }

  /// The function of `setp` on floats: 1 if the comparison holds.
  static LaneFunction comparison(Opcode opcode) {
    String relation = opcode.mnemonic().split("\\.")[1];
    return (a, b, c) -> holds(relation, f(a), f(b)) ? 1 : 0;
  }

  private static boolean holds(String relation, float a, float b) {
    boolean unordered = Float.isNaN(a) || Float.isNaN(b);
    return switch (relation) {
      case "eq" -> a == b;
      case "ne" -> !unordered && a != b;
      case "lt" -> a < b;
      case "le" -> a <= b;
      case "gt" -> a > b;
      case "ge" -> a >= b;
      case "equ" -> unordered || a == b;
      case "neu" -> unordered || a != b;
      case "ltu" -> unordered || a < b;
      case "leu" -> unordered || a <= b;
      case "gtu" -> unordered || a > b;
      case "geu" -> unordered || a >= b;
      case "num" -> !unordered;
      case "nan" -> unordered;
      default -> throw new IllegalStateException("relation " + relation);
    };
  }

  private static long flush(long bits) {
    return (bits & 0x7F800000L) == 0 ? bits & 0x80000000L : bits;
  }

  private static long half(long bits) {
    return Float.floatToFloat16(f(bits)) & 0xFFFFL;
  }

  private static long bfloat(long bits) {
    if (Float.isNaN(f(bits))) {
      return 0x7FFF;
    }
    return ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16) & 0xFFFF;
  }

  static float f(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  static long bits(double value) {
    return Float.floatToRawIntBits((float) value) & 0xFFFFFFFFL;
  }
}
