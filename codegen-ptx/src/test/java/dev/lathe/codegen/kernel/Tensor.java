package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/// A small array of one dtype, row-major, for tests. Writing rounds to the dtype.
final class Tensor {
  final DType dtype;
  final List<Long> shape;
  final ByteBuffer data;

  Tensor(DType dtype, List<Long> shape, byte[] bytes) {
    this.dtype = dtype;
    this.shape = List.copyOf(shape);
    this.data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Tensor zeros(DType dtype, List<Long> shape) {
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    return new Tensor(dtype, shape, new byte[Math.toIntExact(elements * dtype.bytes())]);
  }

  Tensor copy() {
    return new Tensor(dtype, shape, data.array().clone());
  }

  int elements() {
    return data.capacity() / dtype.bytes();
  }

  /// The length of an axis; negative from the end.
  int size(int axis) {
    return Math.toIntExact(shape.get(axis < 0 ? shape.size() + axis : axis));
  }

  float get(int i) {
    return switch (dtype) {
      case F32 -> data.getFloat(4 * i);
      case F16 -> Float.float16ToFloat(data.getShort(2 * i));
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      default -> throw new IllegalStateException(dtype + " is no float");
    };
  }

  int getInt(int i) {
    return data.getInt(4 * i);
  }

  long getLong(int i) {
    return data.getLong(8 * i);
  }

  void set(int i, float value) {
    switch (dtype) {
      case F32 -> data.putFloat(4 * i, value);
      case F16 -> data.putShort(2 * i, Float.floatToFloat16(value));
      case BF16 -> data.putShort(2 * i, bfloat(value));
      default -> throw new IllegalStateException(dtype + " is no float");
    }
  }

  private static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (Float.isNaN(value) ? 0x7FC0 : (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  void setInt(int i, int value) {
    data.putInt(4 * i, value);
  }

  Tensor fill(Random random, float scale) {
    for (int i = 0; i < elements(); i++) {
      set(i, scale * (float) random.nextGaussian());
    }
    return this;
  }

  Tensor ints(int... values) {
    for (int i = 0; i < values.length; i++) {
      data.putInt(4 * i, values[i]);
    }
    return this;
  }

  Tensor floats(float... values) {
    for (int i = 0; i < values.length; i++) {
      set(i, values[i]);
    }
    return this;
  }
}
