package dev.lathe.tests.kernel;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Floats in memory: little-endian float32, float16 or bfloat16.
final class Elements {
  private Elements() {}

  /// The nearest value of the type, half to even.
  static float round(DType dtype, float value) {
    return switch (dtype) {
      case F32 -> value;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      case BF16 -> Float.isNaN(value) ? Float.NaN : Float.intBitsToFloat(bits(value) << 16);
      default -> throw new IllegalArgumentException("no float type: " + dtype);
    };
  }

  private static int bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.isNaN(value) ? 0x7FC0 : (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
  }

  static void write(MemorySegment image, long offset, DType dtype, float[] values) {
    for (int i = 0; i < values.length; i++) {
      switch (dtype) {
        case F32 -> image.set(ValueLayout.JAVA_FLOAT, offset + 4L * i, values[i]);
        case F16 ->
            image.set(ValueLayout.JAVA_SHORT, offset + 2L * i, Float.floatToFloat16(values[i]));
        case BF16 -> image.set(ValueLayout.JAVA_SHORT, offset + 2L * i, (short) bits(values[i]));
        default -> throw new IllegalArgumentException("no float type: " + dtype);
      }
    }
  }

  static float[] read(MemorySegment image, long offset, DType dtype, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (dtype) {
            case F32 -> image.get(ValueLayout.JAVA_FLOAT, offset + 4L * i);
            case F16 -> Float.float16ToFloat(image.get(ValueLayout.JAVA_SHORT, offset + 2L * i));
            case BF16 ->
                Float.intBitsToFloat(image.get(ValueLayout.JAVA_SHORT, offset + 2L * i) << 16);
            default -> throw new IllegalArgumentException("no float type: " + dtype);
          };
    }
    return values;
  }
}
