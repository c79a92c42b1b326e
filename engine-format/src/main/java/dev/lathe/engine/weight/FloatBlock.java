package dev.lathe.engine.weight;

import dev.lathe.engine.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A block of elements as float32, moved from and to little-endian memory of any float type. Loops
/// run over arrays, which the compiler turns into vector instructions.
final class FloatBlock {
  /// Small enough for the first-level caches.
  static final int ELEMENTS = 4096;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  final float[] values = new float[ELEMENTS];
  private final short[] halves = new short[ELEMENTS];
  private final double[] doubles = new double[ELEMENTS];

  /// Loads elements of type `from`. Doubles become floats that round to `to` as the doubles would.
  void load(DType from, MemorySegment source, int count, DType to) {
    switch (from) {
      case F32 -> MemorySegment.copy(source, FLOAT, 0, values, 0, count);
      case BF16 -> {
        MemorySegment.copy(source, SHORT, 0, halves, 0, count);
        for (int i = 0; i < count; i++) {
          values[i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
      case F16 -> {
        MemorySegment.copy(source, SHORT, 0, halves, 0, count);
        for (int i = 0; i < count; i++) {
          values[i] = Float.float16ToFloat(halves[i]);
        }
      }
      case F64 -> {
        MemorySegment.copy(source, DOUBLE, 0, doubles, 0, count);
        for (int i = 0; i < count; i++) {
          values[i] = to == DType.F32 ? (float) doubles[i] : FloatRounding.toOddFloat(doubles[i]);
        }
      }
      default -> throw new IllegalStateException(from + " is no float type");
    }
  }

  /// Stores the first elements as type `to`.
  void store(DType to, MemorySegment target, int count) {
    switch (to) {
      case F32 -> MemorySegment.copy(values, 0, target, FLOAT, 0, count);
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          halves[i] = FloatRounding.toBfloat16(values[i]);
        }
        MemorySegment.copy(halves, 0, target, SHORT, 0, count);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          halves[i] = Float.floatToFloat16(values[i]);
        }
        MemorySegment.copy(halves, 0, target, SHORT, 0, count);
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          doubles[i] = values[i];
        }
        MemorySegment.copy(doubles, 0, target, DOUBLE, 0, count);
      }
      default -> throw new IllegalStateException(to + " is no float type");
    }
  }
}
