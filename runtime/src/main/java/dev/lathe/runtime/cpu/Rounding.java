package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Between floats and the narrower float types of memory, to nearest even.
final class Rounding {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Rounding() {}

  /// Replaces elements `from` to `to` by the nearest values of the type.
  static void round(DType dtype, float[] data, int from, int to) {
    if (dtype == DType.BF16) {
      for (int i = from; i < to; i++) {
        data[i] = toBfloat16(data[i]);
      }
    } else if (dtype == DType.F16) {
      for (int i = from; i < to; i++) {
        data[i] = Float.float16ToFloat(Float.floatToFloat16(data[i]));
      }
    }
  }

  /// The nearest value of the type.
  static float round(DType dtype, float value) {
    return switch (dtype) {
      case BF16 -> toBfloat16(value);
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      default -> value;
    };
  }

  /// Half to even on the upper 16 bits; NaN stays NaN.
  private static float toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = bits + 0x7FFF + ((bits >>> 16) & 1);
    return Float.isNaN(value) ? Float.NaN : Float.intBitsToFloat(rounded & 0xFFFF0000);
  }

  /// Widens `count` little-endian elements, from element `first` of the segment, into `target`.
  ///
  /// @throws IllegalStateException for a type that is not a float of 16 or 32 bits
  static void widen(
      MemorySegment source, DType dtype, long first, int count, float[] target, int at) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(source, FLOAT, first * 4, target, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = Float.float16ToFloat(source.get(SHORT, (first + i) * 2));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target[at + i] = Float.intBitsToFloat(source.get(SHORT, (first + i) * 2) << 16);
        }
      }
      default -> throw new IllegalStateException("the CPU does not compute with " + dtype);
    }
  }
}
