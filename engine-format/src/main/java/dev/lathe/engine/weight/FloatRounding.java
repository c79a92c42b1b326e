package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;

/// Conversions between float types, each rounded once, to nearest even. NaN stays NaN.
public final class FloatRounding {
  private FloatRounding() {}

  /// The nearest value of a float type.
  public static float round(DType type, double value) {
    return switch (type) {
      case F32 -> (float) value;
      case BF16 -> fromBfloat16(toBfloat16(toOddFloat(value)));
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(toOddFloat(value)));
      default -> throw new IllegalStateException("nothing is computed in " + type);
    };
  }

  /// The bits of the nearest bfloat16. Free of branches, so that loops become vector instructions.
  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int nanMask = (0x7F800000 - (bits & 0x7FFFFFFF)) >> 31;
    int rounded = (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
    int quiet = bits >>> 16 | 0x40;
    return (short) ((rounded & ~nanMask) | (quiet & nanMask));
  }

  /// The value of bfloat16 bits.
  static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /// A float that rounds to every narrower type as the double itself does: the double truncated,
  /// with the last bit set where that lost something ("round to odd": Boldo, Melquiond 2008).
  static float toOddFloat(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    return Float.intBitsToFloat((Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits) | 1);
  }
}
