package dev.lathe.tests.layout;

import dev.lathe.engine.weight.TensorSource;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A tensor in memory, of one or two dimensions unless it is a stack.
///
/// @param dtype as safetensors files name it
/// @param bytes row-major
record HeldTensor(String dtype, List<Long> shape, byte[] bytes) {

  static HeldTensor of(TensorSource.SourceTensor tensor) {
    return new HeldTensor(
        tensor.dtype().name(), tensor.shape(), tensor.data().toArray(ValueLayout.JAVA_BYTE));
  }

  int rows() {
    return Math.toIntExact(shape.getFirst());
  }

  private int rowBytes() {
    return bytes.length / rows();
  }

  private HeldTensor with(int axis, long size, byte[] content) {
    List<Long> changed = new ArrayList<>(shape);
    changed.set(axis, size);
    return new HeldTensor(dtype, List.copyOf(changed), content);
  }

  HeldTensor rows(int begin, int end) {
    byte[] content = Arrays.copyOfRange(bytes, begin * rowBytes(), end * rowBytes());
    return with(0, end - begin, content);
  }

  /// Part `index` of `count` equal parts of the rows.
  HeldTensor rowPart(int index, int count) {
    return rows(rows() / count * index, rows() / count * (index + 1));
  }

  /// Part `index` of `count` equal parts of the columns.
  HeldTensor columnPart(int index, int count) {
    int width = rowBytes() / count;
    var content = new ByteArrayOutputStream();
    for (int row = 0; row < rows(); row++) {
      content.write(bytes, row * rowBytes() + index * width, width);
    }
    return with(1, shape.get(1) / count, content.toByteArray());
  }

  /// With rows of zeros after the last, to a multiple of `count`.
  HeldTensor padded(int count) {
    int rows = Math.ceilDiv(rows(), count) * count;
    return with(0, rows, Arrays.copyOf(bytes, rows * rowBytes()));
  }

  /// The rows as columns.
  HeldTensor transposed() {
    int columns = Math.toIntExact(shape.get(1));
    int width = rowBytes() / columns;
    byte[] content = new byte[bytes.length];
    for (int row = 0; row < rows(); row++) {
      for (int column = 0; column < columns; column++) {
        int from = (row * columns + column) * width;
        System.arraycopy(bytes, from, content, (column * rows() + row) * width, width);
      }
    }
    return new HeldTensor(dtype, shape.reversed(), content);
  }

  /// The rows as matrices of a stack of `count`.
  HeldTensor inStack(int count) {
    return new HeldTensor(
        dtype, List.of((long) count, shape.getFirst() / count, shape.get(1)), bytes);
  }

  private float[] elementsOfBfloat16() {
    if (!dtype.equals("BF16")) {
      throw new IllegalStateException(dtype);
    }
    ShortBuffer halves = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    float[] elements = new float[halves.remaining()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = Float.intBitsToFloat(halves.get(i) << Short.SIZE);
    }
    return elements;
  }

  HeldTensor inFloat32() {
    float[] elements = elementsOfBfloat16();
    ByteBuffer content =
        ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    content.asFloatBuffer().put(elements);
    return new HeldTensor("F32", shape, content.array());
  }

  /// Each element plus a number, rounded to nearest even.
  HeldTensor plus(float addend) {
    float[] elements = elementsOfBfloat16();
    ByteBuffer content = ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float element : elements) {
      int bits = Float.floatToRawIntBits(element + addend);
      content.putShort((short) ((bits + 0x7fff + (bits >> Short.SIZE & 1)) >> Short.SIZE));
    }
    return new HeldTensor(dtype, shape, content.array());
  }

  HeldTensor above(HeldTensor other) {
    byte[] content = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, content, bytes.length, other.bytes.length);
    return with(0, shape.getFirst() + other.shape.getFirst(), content);
  }
}
