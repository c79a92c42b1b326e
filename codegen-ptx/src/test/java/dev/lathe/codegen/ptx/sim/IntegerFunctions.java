package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.Opcode;
import dev.lathe.codegen.ptx.isa.PtxType;
import java.util.function.LongBinaryOperator;

/// Integer instructions, by mnemonic.
final class IntegerFunctions {
  private IntegerFunctions() {}

  /// @param type of the sources, the last part of the mnemonic
  static LaneFunction of(Opcode opcode, PtxType type) {
    boolean signed = type.name().startsWith("S");
    int bits = type.bits();
    return switch (opcode.stem()) {
      case "add" -> (a, b, c) -> a + b;
      case "sub" -> (a, b, c) -> a - b;
      case "mul" -> multiply(opcode, type);
      case "mad" -> {
        LaneFunction product = multiply(opcode, type);
        yield (a, b, c) -> product.apply(a, b, 0) + c;
      }
      case "div" -> signed ? (a, b, c) -> s(a, bits) / s(b, bits) : unsigned(Long::divideUnsigned);
      case "rem" ->
          signed ? (a, b, c) -> s(a, bits) % s(b, bits) : unsigned(Long::remainderUnsigned);
      case "min" -> (a, b, c) -> compare(a, b, bits, signed) <= 0 ? a : b;
      case "max" -> (a, b, c) -> compare(a, b, bits, signed) >= 0 ? a : b;
      case "abs" -> (a, b, c) -> Math.abs(s(a, bits));
      case "neg" -> (a, b, c) -> -a;
      case "and" -> (a, b, c) -> a & b;
      case "or" -> (a, b, c) -> a | b;
      case "xor" -> (a, b, c) -> a ^ b;
      case "not" -> type == PtxType.PRED ? (a, b, c) -> a ^ 1 : (a, b, c) -> ~a;
      case "shl" -> (a, b, c) -> b >= bits ? 0 : a << b;
      case "shr" ->
          signed
              ? (a, b, c) -> s(a, bits) >> Math.min(b, bits - 1)
              : (a, b, c) -> b >= bits ? 0 : a >>> b;
      case "popc" -> (a, b, c) -> Long.bitCount(a);
      case "clz" -> (a, b, c) -> Long.numberOfLeadingZeros(a) - (64 - bits);
      case "brev" -> (a, b, c) -> Long.reverse(a) >>> (64 - bits);
      case "prmt" -> IntegerFunctions::permute;
      case "bfe" -> (a, b, c) -> c == 0 ? 0 : (a >>> b) & (-1L >>> (64 - c));
      case "selp" -> (a, b, c) -> c != 0 ? a : b;
      case "cvta" -> opcode.has("param") ? (a, b, c) -> a + GlobalMemory.GENERIC : (a, b, c) -> a;
      case "mov" -> (a, b, c) -> a;
      case "cvt" -> (a, b, c) -> signed ? s(a, bits) : a;
      default -> throw new IllegalStateException("the simulator has no " + opcode.mnemonic());
    };
  }

  private static LaneFunction unsigned(LongBinaryOperator operator) {
    return (a, b, c) -> operator.applyAsLong(a, b);
  }

  private static LaneFunction multiply(Opcode opcode, PtxType type) {
    boolean signed = type.name().startsWith("S");
    int bits = type.bits();
    if (!opcode.has("hi")) {
      return signed && opcode.has("wide")
          ? (a, b, c) -> s(a, bits) * s(b, bits)
          : (a, b, c) -> a * b;
    }
    if (bits == 64) {
      return signed
          ? (a, b, c) -> Math.multiplyHigh(a, b)
          : (a, b, c) -> Math.unsignedMultiplyHigh(a, b);
    }
    return signed ? (a, b, c) -> (s(a, 32) * s(b, 32)) >> 32 : (a, b, c) -> (a * b) >>> 32;
  }

  /// Sign-extends the low bits.
  static long s(long value, int bits) {
    return value << (64 - bits) >> (64 - bits);
  }

  static int compare(long a, long b, int bits, boolean signed) {
    return signed ? Long.compare(s(a, bits), s(b, bits)) : Long.compareUnsigned(a, b);
  }

  private static long permute(long a, long b, long selector) {
    long bytes = b << 32 | a;
    long result = 0;
    for (int i = 0; i < 4; i++) {
      int nibble = (int) (selector >>> (4 * i)) & 15;
      long chosen = bytes >>> (8 * (nibble & 7)) & 0xFF;
      result |= ((nibble & 8) == 0 ? chosen : (chosen & 0x80) != 0 ? 0xFF : 0) << (8 * i);
    }
    return result;
  }

  /// The function of `lop3` with the given truth table.
  static LaneFunction lop3(int table) {
    return (a, b, c) -> {
      long result = 0;
      for (int i = 0; i < 32; i++) {
        long index = (a >>> i & 1) << 2 | (b >>> i & 1) << 1 | (c >>> i & 1);
        result |= (table >>> index & 1L) << i;
      }
      return result;
    };
  }

  /// The function of `setp` on integers: 1 if the comparison holds.
  static LaneFunction comparison(Opcode opcode, PtxType type) {
    boolean signed = type.name().startsWith("S");
    String relation = opcode.mnemonic().split("\\.")[1];
    return (a, b, c) -> holds(relation, compare(a, b, type.bits(), signed)) ? 1 : 0;
  }

  private static boolean holds(String relation, int order) {
    return switch (relation) {
      case "eq" -> order == 0;
      case "ne" -> order != 0;
      case "lt" -> order < 0;
      case "le" -> order <= 0;
      case "gt" -> order > 0;
      case "ge" -> order >= 0;
      default -> throw new IllegalStateException("relation " + relation);
    };
  }
}
